package dev.sluice.kafka.internal.poll;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kafka.FakeWriter;
import dev.sluice.kafka.internal.admin.CleanupPolicies;
import dev.sluice.kafka.internal.admin.CompactionCheck;
import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.SharedEpochs;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import dev.sluice.kafka.internal.settings.Topics;
import dev.sluice.kafka.internal.time.Clocks;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.internal.time.SteadyClock;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.ConsumerOptionsBuilder;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Write;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The real loop between a scripted consumer, a fake writer and a mock producer, in virtual time.
 */
final class LoopRig {
  static final TopicPartition P0 = new TopicPartition("payments", 0);
  static final TopicPartition P1 = new TopicPartition("payments", 1);
  static final TopicPartition P2 = new TopicPartition("payments", 2);

  static final Duration MAX_POLL_INTERVAL = Duration.ofMinutes(5);

  final VirtualTime time = VirtualTime.seeded(7);
  final FakeWriter writer;
  final ScriptedConsumer consumer = new ScriptedConsumer();
  final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  /** In place of the producer, if given. */
  MockProducer<byte[], byte[]> slowProducer;

  final List<Duration> waits = new ArrayList<>();

  /** Maps each record to one event named for its position, unless replaced. */
  RecordMapper mapper = record -> Mapped.write(event("e" + record.offset()));

  ConsumerOptionsBuilder options =
      ConsumerOptions.builder()
          .commitInterval(Duration.ofMillis(1))
          .retryBackoff(Duration.ofMillis(10), Duration.ofMillis(100));
  Topics topics = new Topics(Set.of("payments"), null);
  ConsumerMetrics metrics = ConsumerMetrics.disabled();
  boolean resetSkips;
  ResetPolicy resetPolicy = ResetPolicy.EARLIEST;
  TopicIds topicIds =
      asked -> CompletableFuture.completedFuture(new TopicIds.Answer(Map.of(), Set.of()));
  final SharedEpochs epochs;
  final OperatorPause operatorPause = new OperatorPause();
  CleanupPolicies cleanupPolicies =
      asked -> CompletableFuture.completedFuture(new CleanupPolicies.Answer(Set.of(), Set.of()));
  String deadLetterTopic = "dead";

  /** May be set to another time; what the loop waits for moves it on all the same. */
  Duration clockIsOff = Duration.ZERO;

  final InstantSource clock = () -> time.now().plus(clockIsOff);
  Wiring wiring;
  PollLoop loop;

  LoopRig() {
    this(new FakeWriter(), new SharedEpochs(2));
  }

  /** Another loop over the same writer. */
  LoopRig(FakeWriter writer, SharedEpochs epochs) {
    this.writer = writer;
    this.epochs = epochs;
    consumer.topic("payments", 3);
    consumer.topic("dead", 1);
  }

  static Write event(String id) {
    return Write.event(id).create("payments", Map.of("id", AttributeValue.fromS(id)));
  }

  LoopRig open() {
    wiring =
        new Wiring(
            0,
            () -> consumer,
            new Wiring.Subscription(topics, "billing", MAX_POLL_INTERVAL, resetSkips, resetPolicy),
            new Wiring.Pipeline(
                writer,
                record -> mapper.map(record),
                options.build(),
                ConsumerMetrics.guarded(metrics)),
            new Wiring.DeadLetters(
                deadLetterTopic, () -> slowProducer == null ? producer : slowProducer, false),
            new Wiring.Shared(
                epochs,
                operatorPause,
                new CompactionCheck(cleanupPolicies, writer.toleratesCompaction),
                topicIds),
            new Wiring.Environment(
                new Clocks(SteadyClock.guarding(clock), clock),
                time.random(),
                (mailbox, atMost) -> {
                  waits.add(atMost);
                  time.advance(atMost);
                }));
    loop = PollLoop.open(wiring);
    return this;
  }

  ConsumerCloseReport close(Duration timeout, Throwable failure) {
    return loop.close(CloseBudget.of(wiring.environment().clocks().steady(), timeout), failure);
  }

  /** Opens the loop, assigns the partitions, and gets their starting positions committed. */
  LoopRig started(TopicPartition... partitions) {
    open();
    consumer.rebalance(List.of(partitions));
    turns(2);
    consumer.commits.clear();
    return this;
  }

  LoopRig receive(TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      receive(partition, offset, "k%02d".formatted(offset), "value-" + offset);
    }
    return turns(1);
  }

  /** Records of a leader epoch. */
  LoopRig receiveOf(int epoch, TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      consumer.addRecord(
          new ConsumerRecord<>(
              partition.topic(),
              partition.partition(),
              offset,
              0,
              TimestampType.CREATE_TIME,
              3,
              3,
              "k%02d".formatted(offset).getBytes(UTF_8),
              ("v" + epoch + "-" + offset).getBytes(UTF_8),
              new RecordHeaders(),
              Optional.of(epoch)));
    }
    return turns(1);
  }

  void receive(TopicPartition partition, long offset, String key, String value) {
    consumer.addRecord(
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            offset,
            key == null ? null : key.getBytes(UTF_8),
            value == null ? null : value.getBytes(UTF_8)));
  }

  /** Some rounds, between which the commit interval passes. */
  LoopRig turns(int count) {
    for (int i = 0; i < count; i++) {
      time.advance(Duration.ofMillis(2));
      loop.turn();
    }
    return this;
  }

  ConsumerHealth health() {
    return HealthView.of(ConsumerHealth.State.RUNNING, List.of(loop), wiring);
  }

  LoopRig after(Duration duration) {
    time.advance(duration);
    return turns(2);
  }
}
