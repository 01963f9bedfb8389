package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.NotSimulatedError.refuseIf;
import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.KeySchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;

/** Reads the indexes of a {@code CreateTable} request. */
final class IndexSpecifications {

  /** "Secondary indexes" in "Quotas" of the developer guide, as the next three. */
  private static final int MOST_GLOBAL = 20;

  private static final int MOST_LOCAL = 5;

  /** Attributes that are projected by name, of one index and of all together. */
  private static final int MOST_NAMED = 20;

  private static final int MOST_NAMED_OF_TABLE = 100;

  private final CreateTableRequest request;
  private final KeySchema ofTable;
  private final TableSpecification.Definitions definitions;
  private final List<Index> indexes = new ArrayList<>(0);
  private final Set<String> names = new HashSet<>();

  IndexSpecifications(
      CreateTableRequest request, KeySchema ofTable, TableSpecification.Definitions definitions) {
    this.request = request;
    this.ofTable = ofTable;
    this.definitions = definitions;
  }

  List<Index> read() {
    if (request.hasLocalSecondaryIndexes()) {
      var local = Members.present(request.localSecondaryIndexes(), "LocalSecondaryIndexes");
      checkCount(local.size(), MOST_LOCAL);
      local.forEach(this::read);
    }
    if (request.hasGlobalSecondaryIndexes()) {
      var global = Members.present(request.globalSecondaryIndexes(), "GlobalSecondaryIndexes");
      checkCount(global.size(), MOST_GLOBAL);
      global.forEach(this::read);
    }
    int named = indexes.stream().mapToInt(i -> i.projection().nonKeyAttributes().size()).sum();
    if (named > MOST_NAMED_OF_TABLE) {
      throw validation("the indexes name " + named + " attributes to project");
    }
    return List.copyOf(indexes);
  }

  private static void checkCount(int count, int most) {
    if (count == 0 || count > most) {
      throw validation("a list of " + count + " indexes; from 1 to " + most + " are allowed");
    }
  }

  private void read(LocalSecondaryIndex index) {
    var schema = definitions.schema(index.keySchema());
    if (ofTable.sort() == null || schema.sort() == null) {
      throw validation("a local index and its table need a sort key: " + index.indexName());
    }
    if (!schema.partition().equals(ofTable.partition())) {
      throw validation("a local index has its table's partition key: " + index.indexName());
    }
    add(index.indexName(), false, schema, index.projection(), null);
  }

  private void read(GlobalSecondaryIndex index) {
    refuseIf(hasManyOf(index.keySchema()), "an index with several attributes in a part of its key");
    var bought = index.provisionedThroughput();
    if ((request.billingMode() == BillingMode.PAY_PER_REQUEST) == (bought != null)) {
      throw validation("throughput is for indexes of provisioned tables: " + index.indexName());
    }
    if (bought != null) {
      TableAdmin.checkThroughput(bought);
    }
    add(index.indexName(), true, definitions.schema(index.keySchema()), index.projection(), bought);
  }

  /** A key of several HASH or RANGE attributes, which newer global indexes may have. */
  private static boolean hasManyOf(List<KeySchemaElement> elements) {
    var types = Members.present(elements, "KeySchema").stream().map(KeySchemaElement::keyType);
    var found = types.toList();
    return found.indexOf(KeyType.HASH) == 0
        && (found.lastIndexOf(KeyType.HASH) > 0
            || found.indexOf(KeyType.RANGE) != found.lastIndexOf(KeyType.RANGE));
  }

  private void add(
      String name,
      boolean global,
      KeySchema schema,
      @Nullable Projection projection,
      @Nullable ProvisionedThroughput bought) {
    if (!names.add(Tables.checkedName(name))) {
      throw validation("two indexes have the name " + name);
    }
    indexes.add(new Index(name, global, schema, ofTable, checked(projection), bought));
  }

  private static Projection checked(@Nullable Projection projection) {
    if (projection == null || projection.projectionType() == null) {
      throw validation("an index needs a projection with a type");
    }
    Members.known(projection.projectionType(), "ProjectionType");
    boolean includes = projection.projectionType() == ProjectionType.INCLUDE;
    var named = Members.present(projection.nonKeyAttributes(), "NonKeyAttributes");
    if (includes ? named.isEmpty() : projection.hasNonKeyAttributes()) {
      throw validation("INCLUDE, and nothing else, names the attributes to project");
    }
    if (named.size() > MOST_NAMED || new HashSet<>(named).size() != named.size()) {
      throw validation("an index projects up to " + MOST_NAMED + " different attributes by name");
    }
    return projection;
  }
}
