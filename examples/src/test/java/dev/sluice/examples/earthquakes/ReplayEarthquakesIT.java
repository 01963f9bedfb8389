package dev.sluice.examples.earthquakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.kafka.record.ReplayReport;
import dev.sluice.model.Table;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Dead letters on a real broker, replayed into DynamoDB Local after their cause was mended. */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class ReplayEarthquakesIT {
  private static final int EVENTS = 211;
  private static final int BAD_EVERY = 7;
  private static final String TOPIC = "replayed";
  private static final String DEAD = "replayed.dead";
  private static final String GROUP = "replayed-group";

  private final EmbeddedKafka kafka;
  private final EmbeddedDynamoDb dynamo;

  ReplayEarthquakesIT(EmbeddedKafka kafka, EmbeddedDynamoDb dynamo) {
    this.kafka = kafka;
    this.dynamo = dynamo;
  }

  private void freshTables() {
    if (dynamo.client().listTables().join().tableNames().contains(EarthquakeTables.EARTHQUAKES)) {
      dynamo.deleteTable(EarthquakeTables.EARTHQUAKES);
      dynamo.deleteTable(EarthquakeTables.LEDGER.name());
    }
    dynamo.createTable(
        EarthquakeTables.EARTHQUAKES,
        KeyAttribute.string(EarthquakeTables.NETWORK),
        KeyAttribute.string(EarthquakeTables.TIME_AND_ID));
    dynamo.client().createTable(EarthquakeTables.LEDGER.createTableRequest()).join();
  }

  /** A mapper with a bug: it fails for every seventh record. */
  private static RecordMapper withABug() {
    RecordMapper right = new EarthquakeMapper();
    return record -> {
      if (record.offset() % BAD_EVERY == 0) {
        throw new IllegalStateException("a bug");
      }
      return right.map(record);
    };
  }

  private void consume(int records) {
    var writer =
        IdempotentWriter.builder(dynamo.client())
            .ledger(EarthquakeTables.LEDGER)
            .table(Table.named(EarthquakeTables.EARTHQUAKES), EarthquakeTables.SHARDER)
            .build();
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("group.id", GROUP);
    var consumer =
        IdempotentConsumer.builder(settings, writer)
            .topics(TOPIC)
            .mapper(withABug())
            .deadLetterTopic(DEAD)
            .build();
    consumer.start();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                kafka.committed(GROUP).values().stream().mapToLong(Long::longValue).sum()
                    == records);
    consumer.close(Duration.ofSeconds(20));
    writer.close(Duration.ofSeconds(5));
  }

  private ReplayReport replay(boolean fromBeginning, String... reasons) {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("group.id", GROUP);
    return ReplayEarthquakes.replay(
        settings, dynamo.client(), DEAD, List.of(reasons), fromBeginning);
  }

  @Test
  void whatWasDeadTakesEffectOnceHoweverOftenItIsReplayed() {
    freshTables();
    kafka.createTopic(TOPIC, 5);
    kafka.createTopic(DEAD, 2);
    List<Earthquake> events = EarthquakeFeed.read().subList(0, EVENTS);
    for (int i = 0; i < EVENTS; i++) {
      Earthquake each = events.get(i);
      kafka.send(new ProducerRecord<>(TOPIC, i % 5, null, each.toJson()));
    }
    kafka.send(new ProducerRecord<>(TOPIC, 0, null, new byte[] {7}));
    consume(EVENTS + 1);
    int dead = kafka.readAll(DEAD).size();
    assertThat(dead).isGreaterThan(EVENTS / BAD_EVERY);
    assertThat(dynamo.items(EarthquakeTables.EARTHQUAKES)).hasSize(EVENTS - dead + 1);

    ReplayReport otherReason = replay(false, "REJECTED_WRITE");
    assertThat(otherReason.replayed()).isZero();
    assertThat(otherReason.notAskedFor()).containsEntry("MAPPER_FAILED", (long) dead);

    ReplayReport first = replay(false);
    assertThat(first.replayed()).isEqualTo(dead - 1);
    assertThat(first.stillFailing()).containsExactly(Map.entry("MAPPER_FAILED", 1L));
    assertThat(dynamo.items(EarthquakeTables.EARTHQUAKES)).hasSize(EVENTS);
    assertThat(kafka.readAll(DEAD)).as("the one that is malformed was put back").hasSize(dead + 1);

    ReplayReport second = replay(false);
    assertThat(second.replayed()).as("nothing new").isZero();
    assertThat(second.stillFailing()).hasSize(1);

    ReplayReport again = replay(true);
    assertThat(again.replayed()).isEqualTo(dead - 1);
    assertThat(dynamo.items(EarthquakeTables.EARTHQUAKES)).as("once each").hasSize(EVENTS);
    assertThat(dynamo.items(EarthquakeTables.LEDGER.name())).hasSize(EVENTS);
  }
}
