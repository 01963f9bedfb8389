package dev.sluice.examples.earthquakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Effect;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.fault.Entries;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.fault.FaultPolicy;
import dev.sluice.testkit.fault.Gate;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pipeline on a real broker and DynamoDB Local, with workers that die at random requests, lose
 * replies, are throttled, and have requests land after their death; the tables are compared with
 * the input.
 *
 * <p>{@code -Dsluice.crash.rounds=100} runs more rounds, {@code -Dsluice.crash.seed=42} begins with
 * a given seed; each round's seed is the one before plus one.
 */
@ExtendWith(EmbeddedServers.class)
class PipelineCrashIT {
  private static final int EVENTS = 211;
  private static final int WORKERS = 2;
  private static final int CRASHES = 5;

  private final EmbeddedKafka kafka;
  private final EmbeddedDynamoDb dynamo;
  private final Gate late = new Gate();

  PipelineCrashIT(EmbeddedKafka kafka, EmbeddedDynamoDb dynamo) {
    this.kafka = kafka;
    this.dynamo = dynamo;
  }

  static LongStream seeds() {
    long first = Long.getLong("sluice.crash.seed", new Random().nextInt(1_000_000_000));
    return LongStream.range(first, first + Integer.getInteger("sluice.crash.rounds", 2));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nothingIsLostAndNothingIsDoubledWhoeverDies(long seed) {
    System.out.println("crash round: -Dsluice.crash.seed=" + seed + " -Dsluice.crash.rounds=1");
    Random random = new Random(seed);
    List<Earthquake> input = someEarthquakes(random);
    CrashableWorker.Place place = freshPlace(seed);
    List<ProducerRecord<byte[], byte[]>> records =
        AtLeastOnceProducer.schedule(place.topic(), input, random);
    records.forEach(kafka::send);

    List<CrashableWorker> dead = new ArrayList<>();
    List<CrashableWorker> alive = new ArrayList<>();
    int crashes = 0;
    for (int i = 0; i < WORKERS; i++) {
      alive.add(worker(place, random, i < CRASHES));
    }
    while (crashes < CRASHES) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> anyCrashed(alive) || allDone(place, records));
      if (!anyCrashed(alive)) {
        break;
      }
      CrashableWorker victim =
          alive.stream().filter(CrashableWorker::hasCrashed).findFirst().orElseThrow();
      alive.remove(victim);
      dead.add(victim);
      crashes++;
      alive.add(worker(place, random, crashes + WORKERS <= CRASHES));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> allDone(place, records) || alive.stream().allMatch(CrashableWorker::hasCrashed));
    alive.forEach(CrashableWorker::close);
    late.release().join();
    dead.forEach(CrashableWorker::close);

    List<ConsumerRecord<byte[], byte[]>> deadLetters = kafka.readAll(place.deadLetterTopic());
    Verdict verdict =
        Verdict.of(
            input,
            kafka.readAll(place.topic()),
            deadLetters,
            dynamo.items(EarthquakeTables.EARTHQUAKES));
    System.out.println("  " + crashes + " crashes, " + verdict);
    assertThat(allDone(place, records)).as("all committed, seed %d", seed).isTrue();
    assertThat(crashes).as("crashes, seed %d", seed).isPositive();
    assertThat(verdict.holds()).as("%s, seed %d", verdict, seed).isTrue();
  }

  private static boolean anyCrashed(List<CrashableWorker> workers) {
    return workers.stream().anyMatch(CrashableWorker::hasCrashed);
  }

  private boolean allDone(
      CrashableWorker.Place place, List<ProducerRecord<byte[], byte[]>> records) {
    String group = (String) place.kafka().get("group.id");
    return kafka.committed(group).values().stream().mapToLong(Long::longValue).sum()
        == records.size();
  }

  private static List<Earthquake> someEarthquakes(Random random) {
    List<Earthquake> all = new ArrayList<>(EarthquakeFeed.read());
    Collections.shuffle(all, random);
    return List.copyOf(all.subList(0, EVENTS));
  }

  private CrashableWorker.Place freshPlace(long seed) {
    String topic = "earthquakes-" + seed;
    kafka.createTopic(topic, EarthquakeTables.PARTITIONS);
    kafka.createTopic(topic + "-dead", 1);
    if (dynamo.client().listTables().join().tableNames().contains(EarthquakeTables.EARTHQUAKES)) {
      dynamo.deleteTable(EarthquakeTables.EARTHQUAKES);
      dynamo.deleteTable(EarthquakeTables.LEDGER.name());
    }
    dynamo.createTable(
        EarthquakeTables.EARTHQUAKES,
        KeyAttribute.string(EarthquakeTables.NETWORK),
        KeyAttribute.string(EarthquakeTables.TIME_AND_ID));
    dynamo.client().createTable(EarthquakeTables.LEDGER.createTableRequest()).join();
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("group.id", "crash-" + seed);
    settings.put("session.timeout.ms", 1000);
    settings.put("heartbeat.interval.ms", 200);
    return new CrashableWorker.Place(
        settings, dynamo, topic, topic + "-dead", createsAndPuts(new EarthquakeMapper()));
  }

  /** Half of the events as creates, the others as puts, always the same ones. */
  private static RecordMapper createsAndPuts(RecordMapper creates) {
    return record -> {
      Mapped mapped = creates.map(record);
      if (!(mapped instanceof Mapped.Writes writes)
          || writes.writes().get(0).eventId().hashCode() % 2 == 0) {
        return mapped;
      }
      Write write = writes.writes().get(0);
      Effect effect = write.effects().get(0);
      return Mapped.write(Write.event(write.eventId()).put(effect.table(), effect.item()));
    };
  }

  private CrashableWorker worker(CrashableWorker.Place place, Random random, boolean crashes) {
    // Requests are few, being batches: later than this a worker may be done before it dies.
    long at = crashes ? 3 + random.nextInt(15) : Long.MAX_VALUE;
    return CrashableWorker.start(
        place, faults(new Random(random.nextLong())), at, random.nextBoolean());
  }

  private FaultPolicy faults(Random random) {
    return request -> {
      if (request.operation().startsWith("Describe") || random.nextDouble() > 0.1) {
        return Fault.none();
      }
      return switch (random.nextInt(6)) {
        case 0 -> Fault.loseReply();
        case 1 -> Fault.failBeforeSending();
        case 2 -> Fault.throttle();
        case 3 -> Fault.internalServerError();
        case 4 -> Fault.delayRequest(late);
        default -> partly(request.operation());
      };
    };
  }

  private static Fault partly(String operation) {
    return switch (operation) {
      case "BatchWriteItem" -> Fault.unprocessed(Entries.after(1));
      case "BatchExecuteStatement" -> Fault.statementErrors("ThrottlingError", Entries.after(1));
      default -> Fault.swallowReply();
    };
  }
}
