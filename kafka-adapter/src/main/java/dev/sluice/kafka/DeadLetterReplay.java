package dev.sluice.kafka;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.replay.ReplayPlan;
import dev.sluice.kafka.internal.replay.ReplayRun;
import dev.sluice.kafka.record.ReplayReport;
import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.PartitionInfo;

/**
 * Feeds the records of a dead-letter topic through a mapper and a writer again, after their cause
 * was mended.
 *
 * <p>Each record is presented as the one that it was: at its original source position, to the
 * shards that its dead letter names, with its own timestamp and headers. So a record replayed twice
 * takes effect once, as long as the ledger keeps its claim (14 days by default; see {@link
 * dev.sluice.model.LedgerTable}), and one whose claim another record took over is not lost; see
 * {@link IdempotentWriter#replay}. One that is older than that is left there, unless {@link
 * DeadLetterReplayBuilder#replayExpired} asks for it. What {@code put} and {@code delete} write may
 * be older than what stands there by now: look whether that is wanted before they are replayed.
 *
 * <p><b>Whose.</b> A topic may hold the dead letters of several consumer groups, each with a mapper
 * and tables of its own. Only those of the group that {@code group.id} names are replayed; those of
 * others are counted and left.
 *
 * <p><b>What becomes of each.</b> The position moves past a dead letter only when its record took
 * effect (now or before), or when it was put back: what fails again is appended to the same topic,
 * with its new reason, one attempt more and the time of its first failure, and the append
 * acknowledged. A record whose outcome stays unknown after three attempts, that the writer had no
 * room for, or that the mapper could not map for now, is put back with the reason it had. A dead
 * letter that the topic does not take back (being too large for it by now, say) stays where it is,
 * and so does what is behind it in its partition; other partitions go on, and the run ends with an
 * exception that names it. What was not asked for stays where it is: each consumer group and set of
 * reasons has a position of its own, and so finds it when it is asked for. What ends a run early
 * (access denied, a claim that cannot be released, an interruption) leaves what was not put back by
 * then to the next run, and moves the position past what was.
 *
 * <p><b>Where it begins.</b> Where the last replay of the same group and reasons ended; the first
 * one at the beginning. Brokers forget that position a week after its last commit. Where a part of
 * it is gone, or it lies beyond the topic's end, the run ends before it has done anything, and
 * {@link DeadLetterReplayBuilder#from} says where to begin. Where all of it is gone, nothing tells
 * that from a first run: it begins at the beginning, with a warning, and what the ledger has
 * forgotten by then is left for its age.
 *
 * <p><b>Threads:</b> {@link #run()} does all on the calling thread. Interrupting that ends the run
 * with Kafka's {@code InterruptException}, the thread still interrupted: what was written and not
 * yet settled is written again by the next run. One run at a time: two would do the same work,
 * though it takes effect once. <b>Owner:</b> the writer stays the caller's own and is not closed.
 */
public final class DeadLetterReplay {
  private final ReplayPlan plan;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final java.util.function.Consumer<Duration> waiting;

  DeadLetterReplay(
      ReplayPlan plan,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<Producer<byte[], byte[]>> producers,
      java.util.function.Consumer<Duration> waiting) {
    this.plan = plan;
    this.consumers = consumers;
    this.producers = producers;
    this.waiting = waiting;
  }

  /**
   * Starts building a replay.
   *
   * @param kafkaProperties settings of the consumer whose dead letters they are: its connection,
   *     and its {@code group.id}, which is not joined; its {@code sluice.} properties are not used
   * @param writer where events go: with the ledger, the scope and the tables of that consumer's
   * @return a builder with all defaults
   */
  public static DeadLetterReplayBuilder builder(
      Map<String, ?> kafkaProperties, IdempotentWriter writer) {
    return new DeadLetterReplayBuilder(kafkaProperties, writer);
  }

  /**
   * Replays what the topic holds now, and returns. What is appended meanwhile is left to the next
   * run.
   *
   * @return what was done
   * @throws ConfigurationException if the topic is not there, or it is known that the position of a
   *     former replay was lost: {@link DeadLetterReplayBuilder#from} says where to begin then
   * @throws dev.sluice.model.SluiceException if no record will succeed until something is mended,
   *     or it is not known after five attempts whether a claim is released
   * @throws org.apache.kafka.common.errors.InterruptException if the thread is interrupted
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read or appended to;
   *     where dead letters were not taken back, after the others were replayed
   */
  public ReplayReport run() {
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      List<PartitionInfo> partitions = consumer.partitionsFor(plan.topic());
      if (partitions == null || partitions.isEmpty()) {
        throw new ConfigurationException(
            "Dead-letter topic "
                + plan.topic()
                + " does not exist: create it, or correct its name.");
      }
      try (Producer<byte[], byte[]> producer = producers.get()) {
        return new ReplayRun(plan, consumer, partitions, producer, waiting).run();
      }
    }
  }
}
