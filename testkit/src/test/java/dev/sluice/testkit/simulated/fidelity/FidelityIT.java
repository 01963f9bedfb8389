package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.server.SimulatedDynamoDbServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/**
 * The same random requests go to the simulated DynamoDB and to DynamoDB Local, and the same must
 * come of them. {@code -Dsluice.fidelity.sequences} sets how many sequences, {@code
 * -Dsluice.fidelity.seed} the first seed; a failure names the seed, and one sequence from there
 * repeats it.
 */
@ExtendWith(EmbeddedServers.class)
class FidelityIT {

  private static final int REQUESTS = 101;
  private static final double WRONG = 0.04;
  private static final long FIRST = Long.getLong("sluice.fidelity.seed", 1);
  private static final int SEQUENCES = Integer.getInteger("sluice.fidelity.sequences", 17);

  private static final SimulatedDynamoDb BEHIND_HTTP = SimulatedDynamoDb.create();
  private static final SimulatedDynamoDbServer SERVER =
      SimulatedDynamoDbServer.start(BEHIND_HTTP, 0, Duration.ZERO);

  private final EmbeddedDynamoDb local;

  FidelityIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @AfterAll
  static void close() {
    SERVER.close();
  }

  @Test
  void theEngineAnswersAsDynamoDbLocalDoes() {
    var engine = SimulatedDynamoDb.create();
    compare("engine", request -> engine.execute(request, Instant.now()));
  }

  @Test
  void theServerAnswersAsDynamoDbLocalDoes() {
    try (var client =
        local
            .clientBuilder()
            .endpointOverride(SERVER.endpoint())
            .httpClientBuilder(EmbeddedDynamoDb.httpClientBuilder())
            .build()) {
      compare("server", request -> Send.to(client, request));
    }
  }

  @Test
  void sizesAgreeToTheByte() {
    var shape = Tables.of("sizes").shapes().get(0);
    local.client().createTable(shape.request()).join();
    var attributes = new Attributes(new SplittableRandom(FIRST), 0);
    for (int i = 0; i < 307; i++) {
      var item = attributes.item(shape);
      item.put("padding", AttributeValue.fromS(""));
      int kilobytes = 1 + StoredItem.of(item).bytes() / 1024;
      int padding = kilobytes * 1024 - StoredItem.of(item).bytes();
      assertThat(units(shape, item, padding)).as("%s", item).isEqualTo(kilobytes);
      assertThat(units(shape, item, padding + 1)).as("%s", item).isEqualTo(kilobytes + 1);
    }
    local.deleteTable(shape.name());
  }

  private double units(Tables.Shape shape, Map<String, AttributeValue> item, int padding) {
    local.client().deleteItem(d -> d.tableName(shape.name()).key(Tables.keyOf(item))).join();
    item.put("padding", AttributeValue.fromS("x".repeat(padding)));
    return local
        .client()
        .putItem(put -> put.tableName(shape.name()).item(item).returnConsumedCapacity("TOTAL"))
        .join()
        .consumedCapacity()
        .capacityUnits();
  }

  private void compare(String name, Function<DynamoDbRequest, SdkPojo> simulated) {
    List<String> differences = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + SEQUENCES; seed++) {
      var tables = Tables.of(name + seed);
      for (var shape : tables.shapes()) {
        local.client().createTable(shape.request()).join();
        var unused = simulated.apply(shape.request());
      }
      sequence(seed, tables, simulated).ifPresent(differences::add);
      tables.shapes().forEach(shape -> local.deleteTable(shape.name()));
    }
    assertThat(differences).as("sequences that end differently, the first ones").isEmpty();
  }

  /** The first difference, after which the tables may differ too. */
  private Optional<String> sequence(
      long seed, Tables tables, Function<DynamoDbRequest, SdkPojo> simulated) {
    var random = new RandomRequest(new SplittableRandom(seed), tables, WRONG);
    for (int i = 0; i < REQUESTS; i++) {
      var request = random.next();
      var difference = difference(request, simulated);
      if (difference.isEmpty() && Boolean.getBoolean("sluice.fidelity.scan")) {
        difference = scans(tables, simulated);
      }
      if (difference.isPresent()) {
        var where =
            "request %d of -Dsluice.fidelity.sequences=1 -Dsluice.fidelity.seed=%d: %s%n"
                .formatted(i, seed, request);
        return difference.map(where::concat);
      }
    }
    return scans(tables, simulated).map(("at the end of seed " + seed + ": ")::concat);
  }

  private Optional<String> scans(Tables tables, Function<DynamoDbRequest, SdkPojo> simulated) {
    return tables.shapes().stream()
        .map(shape -> ScanRequest.builder().tableName(shape.name()).consistentRead(true).build())
        .map(scan -> difference(scan, simulated))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> difference(
      DynamoDbRequest request, Function<DynamoDbRequest, SdkPojo> simulated) {
    var expected =
        KnownDifferences.level(request, Outcomes.of(() -> Send.to(local.client(), request)));
    var actual = KnownDifferences.level(request, Outcomes.of(() -> simulated.apply(request)));
    return actual.equals(expected)
        ? Optional.empty()
        : Optional.of("simulated: %s%nLocal:     %s".formatted(actual, expected));
  }
}
