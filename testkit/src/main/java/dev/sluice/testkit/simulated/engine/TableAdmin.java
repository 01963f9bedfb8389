package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.NotSimulatedError.refuseIf;
import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.ListTablesResponse;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputDescription;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveResponse;

/** Tables: made, described and deleted, each at once. */
final class TableAdmin {

  private final Tables tables;
  private final RandomGenerator random;
  private StaleReads staleReads = StaleReads.NONE;

  TableAdmin(Tables tables, RandomGenerator random) {
    this.tables = tables;
    this.random = random;
  }

  /** For the tables that are made from now on. */
  void staleReads(StaleReads setting) {
    staleReads = setting;
  }

  CreateTableResponse create(CreateTableRequest request, Instant now) {
    refuseIf(request.streamSpecification() != null, "a stream");
    var name = Tables.checkedName(request.tableName());
    var specification = TableSpecification.of(request);
    Members.known(request.billingMode(), "BillingMode");
    var description = TableDescription.builder();
    boolean onDemand = request.billingMode() == BillingMode.PAY_PER_REQUEST;
    var bought = request.provisionedThroughput();
    if (onDemand == (bought != null)) {
      throw validation("throughput is for provisioned tables");
    }
    if (bought != null) {
      checkThroughput(bought);
    }
    if (onDemand) {
      description.billingModeSummary(mode -> mode.billingMode(BillingMode.PAY_PER_REQUEST));
    }
    var table =
        new Table(
            description
                .tableName(name)
                .tableArn("arn:aws:dynamodb:eu-central-1:000000000000:table/" + name)
                .tableStatus(TableStatus.ACTIVE)
                .creationDateTime(now)
                .tableSizeBytes(0L)
                .provisionedThroughput(describe(bought))
                .attributeDefinitions(request.attributeDefinitions())
                .keySchema(request.keySchema())
                .build(),
            specification,
            staleReads,
            random);
    tables.add(table);
    return CreateTableResponse.builder().tableDescription(table.description()).build();
  }

  static void checkThroughput(ProvisionedThroughput bought) {
    if (isBelowOne(bought.readCapacityUnits()) || isBelowOne(bought.writeCapacityUnits())) {
      throw validation("a throughput must be one unit at least, of reads and of writes");
    }
  }

  private static boolean isBelowOne(@Nullable Long units) {
    return units == null || units < 1;
  }

  static ProvisionedThroughputDescription describe(@Nullable ProvisionedThroughput bought) {
    return ProvisionedThroughputDescription.builder()
        .numberOfDecreasesToday(0L)
        .readCapacityUnits(bought == null ? 0L : bought.readCapacityUnits())
        .writeCapacityUnits(bought == null ? 0L : bought.writeCapacityUnits())
        .build();
  }

  DeleteTableResponse delete(DeleteTableRequest request) {
    var table = tables.require(request.tableName());
    tables.remove(table.name());
    var description = table.description().toBuilder().tableStatus(TableStatus.DELETING).build();
    return DeleteTableResponse.builder().tableDescription(description).build();
  }

  DescribeTableResponse describe(DescribeTableRequest request) {
    return DescribeTableResponse.builder()
        .table(tables.require(request.tableName()).description())
        .build();
  }

  ListTablesResponse list(ListTablesRequest request) {
    refuseIf(
        request.limit() != null || request.exclusiveStartTableName() != null,
        "a list of tables in pages");
    return ListTablesResponse.builder().tableNames(tables.names()).build();
  }

  DescribeTimeToLiveResponse describeExpiry(DescribeTimeToLiveRequest request) {
    var attribute = tables.require(request.tableName()).expiryAttribute();
    return DescribeTimeToLiveResponse.builder()
        .timeToLiveDescription(
            expiry ->
                expiry
                    .attributeName(attribute)
                    .timeToLiveStatus(
                        attribute == null ? TimeToLiveStatus.DISABLED : TimeToLiveStatus.ENABLED))
        .build();
  }

  UpdateTimeToLiveResponse updateExpiry(UpdateTimeToLiveRequest request) {
    var setting = request.timeToLiveSpecification();
    var table = tables.require(request.tableName());
    if (setting == null || setting.attributeName() == null) {
      throw validation("no setting");
    }
    boolean enable = Boolean.TRUE.equals(setting.enabled());
    if (enable == (table.expiryAttribute() != null)) {
      throw validation("expiry is switched so already");
    }
    table.expireBy(enable ? setting.attributeName() : null);
    return UpdateTimeToLiveResponse.builder().timeToLiveSpecification(setting).build();
  }
}
