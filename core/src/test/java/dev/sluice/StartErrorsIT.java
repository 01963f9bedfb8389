package dev.sluice;

import static dev.sluice.testkit.dynamodb.KeyAttribute.number;
import static dev.sluice.testkit.dynamodb.KeyAttribute.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SystemException;
import dev.sluice.model.Table;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.fault.FaultyHttpClient;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** What is set up wrongly is said at the start, once, with the remedy, within seconds. */
@Timeout(60)
@ExtendWith(EmbeddedServers.class)
class StartErrorsIT {
  private static final Duration SECONDS = Duration.ofSeconds(20);

  private final MonotonicClock clock = new MonotonicClock();
  private final EmbeddedDynamoDb dynamo;

  StartErrorsIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  @BeforeAll
  static void createTables(EmbeddedDynamoDb dynamo) {
    dynamo.createTable("ledger", string("id"));
    dynamo.createTable("other-name", string("event"));
    dynamo.createTable("other-type", number("id"));
    dynamo.createTable("with-sort", string("id"), string("at"));
    dynamo.createTable("data", string("pk"));
    dynamo.createTable("numbers", number("no"));
  }

  private IdempotentWriterBuilder builder(DynamoDbAsyncClient client, String ledger) {
    return IdempotentWriter.builder(client).ledger(LedgerTable.named(ledger).scope("test"));
  }

  private <E extends SluiceException> void assertRejected(
      Class<E> kind, IdempotentWriterBuilder builder, String... words) {
    Instant start = clock.instant();
    E rejected = catchThrowableOfType(kind, builder::build);

    assertThat(rejected).isNotNull().hasMessageContainingAll(words);
    assertThat(rejected.getMessage()).doesNotContain("\n").hasSizeLessThan(400);
    assertThat(Duration.between(start, clock.instant())).isLessThan(SECONDS);
  }

  private void assertMisfit(String ledger, String... words) {
    assertRejected(
        ConfigurationException.class,
        builder(dynamo.client(), ledger).table(Table.named("data")),
        words);
  }

  @Test
  void aLedgerThatIsMissing() {
    assertMisfit("absent-ledger", "no table 'absent-ledger'", "create it");
  }

  @Test
  void aLedgerWithOtherKeys() {
    assertMisfit("other-name", "'other-name'", "(event S)", "'id' of type S", "createTableRequest");
    assertMisfit("other-type", "'other-type'", "(id N)", "'id' of type S");
    assertMisfit("with-sort", "'with-sort'", "(id S, at S)", "no sort key");
  }

  @Test
  void aDataTableThatIsMissing() {
    assertRejected(
        ConfigurationException.class,
        builder(dynamo.client(), "ledger").table(Table.named("absent")),
        "no table 'absent'",
        "create it");
  }

  @Test
  void aNumberKeyThatIsToBeSharded() {
    assertRejected(
        ConfigurationException.class,
        builder(dynamo.client(), "ledger").table(Table.named("numbers"), KeySharder.random(7)),
        "'numbers'",
        "'no'",
        "string and binary");
  }

  @Test
  void anEndpointThatDoesNotAnswer() {
    FaultyHttpClient wire = FaultyHttpClient.around(EmbeddedDynamoDb.httpClientBuilder().build());
    try (DynamoDbAsyncClient client = dynamo.clientBuilder().httpClient(wire).build()) {
      wire.hang();
      assertRejected(
          SystemException.class,
          builder(client, "ledger").table(Table.named("data")).startTimeout(Duration.ofMillis(300)),
          "'ledger'",
          "PT0.3S",
          "endpoint");
    }
  }

  @Test
  void anEndpointThatDropsTheConnection() {
    try (DynamoDbAsyncClient client =
        dynamo
            .clientBuilder()
            .endpointOverride(URI.create("http://localhost:1"))
            .httpClientBuilder(EmbeddedDynamoDb.httpClientBuilder())
            .build()) {
      assertRejected(
          SystemException.class,
          builder(client, "ledger").table(Table.named("data")),
          "'ledger'",
          "endpoint");
    }
  }
}
