package dev.sluice.testkit.dynamodb;

import static dev.sluice.testkit.dynamodb.KeyAttribute.binary;
import static dev.sluice.testkit.dynamodb.KeyAttribute.number;
import static dev.sluice.testkit.dynamodb.KeyAttribute.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.junit.EmbeddedServers;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.dynamodb.services.local.monitoring.Telemetry;

@ExtendWith(EmbeddedServers.class)
class EmbeddedDynamoDbIT {

  private final EmbeddedDynamoDb dynamo;

  EmbeddedDynamoDbIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  @Test
  void aCreatedTableIsActiveAndOnDemand() {
    dynamo.createTable("active", string("id"));

    var table = dynamo.client().describeTable(t -> t.tableName("active")).join().table();

    assertThat(table.tableStatus()).isEqualTo(TableStatus.ACTIVE);
    assertThat(table.billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
  }

  @Test
  void keysMayBeStringsNumbersAndBytes() {
    dynamo.createTable("typed", binary("pk"), number("sk"));
    var item =
        Map.of(
            "pk", AttributeValue.fromB(SdkBytes.fromUtf8String("key")),
            "sk", AttributeValue.fromN("7"));

    dynamo.client().putItem(put -> put.tableName("typed").item(item)).join();

    assertThat(dynamo.items("typed")).containsExactly(item);
  }

  @Test
  void everyClientSeesTheSameTables() {
    dynamo.createTable("shared", string("id"));
    try (var other = dynamo.clientBuilder().region(Region.AP_SOUTH_1).build()) {
      assertThat(other.listTables().join().tableNames()).contains("shared");
    }
  }

  @Test
  void aDeletedTableIsGone() {
    dynamo.createTable("deleted", string("id"));
    dynamo.deleteTable("deleted");
    assertThat(dynamo.client().listTables().join().tableNames()).doesNotContain("deleted");
  }

  @Test
  void twoServersShareNothing() {
    dynamo.createTable("mine", string("id"));
    try (var other = EmbeddedDynamoDb.start()) {
      assertThat(other.client().listTables().join().tableNames()).isEmpty();
    }
  }

  @Test
  void aClosedServerIsGone() {
    var other = EmbeddedDynamoDb.start();
    other.close();
    try (var client = other.clientBuilder().build()) {
      assertThatThrownBy(() -> client.listTables().join())
          .hasCauseInstanceOf(SdkClientException.class);
    }
  }

  @Test
  void nobodyIsToldThatItRuns() {
    assertThat(Telemetry.getTelemetry()).isEmpty();
  }

  @Nested
  class InANestedClass {
    @Test
    void theServerIsTheSame(EmbeddedDynamoDb server) {
      assertThat(server).isSameAs(dynamo);
    }
  }
}
