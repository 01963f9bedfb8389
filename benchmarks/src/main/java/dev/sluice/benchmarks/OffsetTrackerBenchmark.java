package dev.sluice.benchmarks;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.internal.PCModule;
import io.confluent.parallelconsumer.offsets.OffsetMapCodecManager.HighestOffsetAndIncompletes;
import io.confluent.parallelconsumer.state.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The offsets of one partition: received in order, completed in any order, and every so often asked
 * what may be committed. The time is that of one record. {@code tracker} is {@link OffsetTracker},
 * {@code treeMap} the plainest code that does the same, {@code parallelConsumer} the partition's
 * state in parallel-consumer, which keeps the records as well and is asked for the highest
 * sequential offset alone: what it encodes into a commit's metadata is not counted.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class OffsetTrackerBenchmark {
  private static final int RECORDS = 50_021;
  private static final int ASK_EVERY = 101;
  private static final int GAP_EVERY = 53;
  private static final long SEED = 7;

  /** How many records are open at a time. */
  @Param({"211", "5003"})
  private int open;

  private final long[] offsets = new long[RECORDS];
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(RECORDS);

  /** Which record is completed after each is received, once enough are open; then all others. */
  private final int[] completed = new int[RECORDS];

  private final long[] tickets = new long[RECORDS];
  private PCModule<byte[], byte[]> module = module();

  private static PCModule<byte[], byte[]> module() {
    return new PCModule<>(
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .consumer(new MockConsumer<>("earliest"))
            .build());
  }

  /** Draws the offsets and the order of completion. */
  @Setup(Level.Trial)
  public void prepare() {
    module = module();
    Random random = new Random(SEED);
    List<Integer> pending = new ArrayList<>();
    int next = 0;
    long offset = 0;
    records.clear();
    for (int i = 0; i < RECORDS; i++) {
      offset += random.nextInt(GAP_EVERY) == 0 ? 2 : 1;
      offsets[i] = offset;
      records.add(new ConsumerRecord<>("topic", 0, offset, new byte[8], new byte[8]));
      pending.add(i);
      if (pending.size() > open) {
        completed[next++] = take(pending, random);
      }
    }
    while (!pending.isEmpty()) {
      completed[next++] = take(pending, random);
    }
  }

  private static int take(List<Integer> pending, Random random) {
    int at = random.nextInt(pending.size());
    int last = pending.remove(pending.size() - 1);
    return at == pending.size() ? last : pending.set(at, last);
  }

  /**
   * Ours.
   *
   * @param sink takes what may be committed
   */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void tracker(Blackhole sink) {
    OffsetTracker tracker = new OffsetTracker();
    for (int i = 0; i < RECORDS + open; i++) {
      if (i < RECORDS) {
        tickets[i] = tracker.received(offsets[i]);
      }
      if (i >= open) {
        tracker.complete(tickets[completed[i - open]]);
      }
      if (i % ASK_EVERY == 0) {
        sink.consume(tracker.committable());
      }
    }
    sink.consume(tracker.committable());
  }

  /**
   * The baseline.
   *
   * @param sink takes what may be committed
   */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void treeMap(Blackhole sink) {
    TreeMap<Long, Boolean> tracker = new TreeMap<>();
    for (int i = 0; i < RECORDS + open; i++) {
      if (i < RECORDS) {
        tracker.put(offsets[i], Boolean.TRUE);
      }
      if (i >= open) {
        tracker.remove(offsets[completed[i - open]]);
      }
      if (i % ASK_EVERY == 0 && !tracker.isEmpty()) {
        sink.consume(tracker.firstKey().longValue());
      }
    }
    sink.consume(tracker.isEmpty());
  }

  /**
   * Parallel-consumer's.
   *
   * @param sink takes what may be committed
   */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void parallelConsumer(Blackhole sink) {
    PartitionState<byte[], byte[]> tracker =
        new PartitionState<>(
            0, module, new TopicPartition("topic", 0), HighestOffsetAndIncompletes.of());
    for (int i = 0; i < RECORDS + open; i++) {
      if (i < RECORDS) {
        tracker.addNewIncompleteRecord(records.get(i));
      }
      if (i >= open) {
        tracker.onSuccess(offsets[completed[i - open]]);
      }
      if (i % ASK_EVERY == 0) {
        sink.consume(tracker.getOffsetHighestSequentialSucceeded());
      }
    }
    sink.consume(tracker.getOffsetHighestSequentialSucceeded());
  }
}
