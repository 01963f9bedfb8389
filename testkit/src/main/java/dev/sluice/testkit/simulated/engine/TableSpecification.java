package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.item.KeySchema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Reads the keys of a {@code CreateTable} request, of the table and of its indexes. */
final class TableSpecification {

  /** The longest name of a key attribute, in characters: "Naming rules" in the developer guide. */
  private static final int LONGEST_NAME = 255;

  private final KeySchema schema;
  private final List<Index> indexes;

  private TableSpecification(KeySchema schema, List<Index> indexes) {
    this.schema = schema;
    this.indexes = indexes;
  }

  /**
   * Reads a request.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if the service would refuse its keys or its indexes
   */
  static TableSpecification of(CreateTableRequest request) {
    var definitions = new Definitions(request.attributeDefinitions());
    var schema = definitions.schema(request.keySchema());
    var indexes = new IndexSpecifications(request, schema, definitions).read();
    definitions.requireAllUsed();
    return new TableSpecification(schema, indexes);
  }

  KeySchema schema() {
    return schema;
  }

  List<Index> indexes() {
    return indexes;
  }

  /** The attributes that keys may be made of: all of them must be in a key. */
  static final class Definitions {

    private final Map<String, ScalarAttributeType> types = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    Definitions(List<AttributeDefinition> definitions) {
      for (var definition : Members.present(definitions, "AttributeDefinitions")) {
        var name = definition.attributeName();
        var type = definition.attributeType();
        Members.known(type, "AttributeType");
        if (name == null || name.isEmpty() || name.length() > LONGEST_NAME || type == null) {
          throw validation("an attribute definition needs a name and a type: " + definition);
        }
        if (types.put(name, type) != null) {
          throw validation("the attribute " + name + " is defined twice");
        }
      }
    }

    KeySchema schema(List<KeySchemaElement> elements) {
      Members.present(elements, "KeySchema");
      elements.forEach(element -> Members.known(element.keyType(), "KeyType"));
      if (elements.isEmpty()
          || elements.size() > 2
          || elements.get(0).keyType() != KeyType.HASH
          || (elements.size() == 2 && elements.get(1).keyType() != KeyType.RANGE)) {
        throw validation("a key needs a HASH attribute and may have a RANGE attribute after it");
      }
      var partition = attribute(elements.get(0).attributeName());
      var sort = elements.size() == 2 ? attribute(elements.get(1).attributeName()) : null;
      if (partition.equals(sort)) {
        throw validation("the attribute " + partition.name() + " is twice in a key");
      }
      return new KeySchema(partition, sort);
    }

    private KeyAttribute attribute(String name) {
      var type = types.get(name);
      if (type == null) {
        throw validation("the key attribute " + name + " is not defined");
      }
      used.add(name);
      return new KeyAttribute(name, type);
    }

    void requireAllUsed() {
      if (used.size() != types.size()) {
        throw validation("attributes " + types.keySet() + " are defined but keys have " + used);
      }
    }
  }
}
