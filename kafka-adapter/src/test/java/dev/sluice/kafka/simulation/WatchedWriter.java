package dev.sluice.kafka.simulation;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.CloseReport;
import dev.sluice.model.HotKey;
import dev.sluice.model.Outcome;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;

/** The real writer, and what must hold between it and the loop. */
final class WatchedWriter implements IdempotentWriter {
  private final IdempotentWriter writer;
  private final SimulatedProcess process;
  private final Simulation simulation;
  private final RandomGenerator random;

  /** By partition: what this process has under way for it since it got it. */
  private final Map<Integer, Epoch> epochs = new HashMap<>();

  /** Writes under way of all epochs of a partition. */
  private final Map<Integer, Integer> underWay = new HashMap<>();

  private static final class Epoch {
    final SimulatedConsumer.Holding holding;
    final Map<ByteBuffer, Lane> lanes = new HashMap<>();
    int underWay;

    /**
     * Whether records had to wait, for a retry or for writes of a former epoch: what they held up
     * comes at once, and has not asked for room in the intake.
     */
    boolean heldUp;

    Epoch(SimulatedConsumer.Holding holding, boolean heldUp) {
      this.holding = holding;
      this.heldUp = heldUp;
    }

    Lane lane(Entry entry) {
      return lanes.computeIfAbsent(ByteBuffer.wrap(entry.record.key()), key -> new Lane());
    }
  }

  /** The records of one key. */
  private static final class Lane {
    long highest = -1;

    /** The last that was handed over, of all or since the last retry. */
    long last = -1;

    /** The writes that have not ended. */
    int out;

    /** The turn in which the loop cannot have heard yet that a record is to be retried. */
    final TreeMap<Long, Long> toRetry = new TreeMap<>();
  }

  WatchedWriter(IdempotentWriter writer, SimulatedProcess process) {
    this.writer = writer;
    this.process = process;
    this.simulation = process.simulation();
    this.random = simulation.time().random();
  }

  @Override
  public boolean tryWrite(SourcePosition source, Write write, WriteListener listener) {
    Entry entry = simulation.entryOf(source.value(), write.eventId());
    Epoch epoch = epoch(entry);
    Watched watched = new Watched(entry, write.eventId(), epoch, listener);
    if (entry.events.stream().anyMatch(simulation.scenario().stuck()::contains)
        && !simulation.isCalm()) {
      // A key that the table refuses to serve for long, while all others fare well.
      simulation.later(
          100,
          () -> watched.failed(new UnknownOutcomeException("the key is throttled for long", null)));
    } else if (!writer.tryWrite(source, write, watched)) {
      return false;
    }
    if (epoch != null) {
      watched.counted = accepted(entry, epoch);
    }
    return true;
  }

  /** The current epoch of a record's partition; null if it has no owner here. */
  private Epoch epoch(Entry entry) {
    SimulatedConsumer.Holding holding =
        process.consumer().holding(new TopicPartition(SimulatedLog.TOPIC, entry.partition));
    Epoch epoch = epochs.get(entry.partition);
    if (epoch == null || epoch.holding != holding) {
      boolean others = underWay.getOrDefault(entry.partition, 0) > 0;
      epoch = holding == null ? null : new Epoch(holding, others);
      epochs.put(entry.partition, epoch);
    }
    return epoch;
  }

  /** Says whether the write counts in the line of its key. */
  private boolean accepted(Entry entry, Epoch epoch) {
    simulation
        .checks()
        .require(!process.rests(), entry + " was handed over though the loop is to rest");
    epoch.underWay++;
    underWay.merge(entry.partition, 1, Integer::sum);
    epoch.holding.mapped = Math.max(epoch.holding.mapped, entry.offset);
    Scenario scenario = simulation.scenario();
    if (epoch.holding.setBack) {
      return false;
    }
    // A record is one write or two, and one poll may bring more than there is room for.
    int most = 2 * (scenario.options().maxOpenRecords() + scenario.maxPollRecords());
    if (epoch.underWay > most && !epoch.heldUp) {
      simulation
          .checks()
          .fail(epoch.underWay + " writes of partition " + entry.partition + " are under way");
    }
    if (entry.record.key() != null) {
      inOrder(entry, epoch.lane(entry));
    }
    return entry.record.key() != null;
  }

  /**
   * A record goes behind all earlier ones of its key, or again after one of them that failed; and
   * nothing goes that the loop knows to be behind one that has failed.
   */
  private void inOrder(Entry entry, Lane lane) {
    Checks checks = simulation.checks();
    boolean isRetry = lane.toRetry.remove(entry.offset) != null;
    checks.require(
        isRetry || entry.offset >= lane.last,
        entry + " was handed over after a later record of its key");
    Map.Entry<Long, Long> first = lane.toRetry.firstEntry();
    checks.require(
        first == null || first.getKey() > entry.offset || first.getValue() == process.turns(),
        entry + " was handed over though an earlier one of its key is to be retried");
    checks.require(
        !isRetry || entry.offset > lane.last || lane.out == 0,
        entry + " was tried again while the writer had others of its key");
    lane.out++;
    if (isRetry) {
      simulation.counts().add(Fault.WRITE_RETRIED);
    } else if (entry.offset > lane.last && entry.offset <= lane.highest) {
      simulation.counts().add(Fault.WRITE_MADE_AGAIN);
    }
    lane.last = entry.offset;
    lane.highest = Math.max(lane.highest, entry.offset);
  }

  private final class Watched implements WriteListener {
    private final Entry entry;
    private final String event;
    private boolean counted;
    private final Epoch epoch;
    private final WriteListener listener;

    Watched(Entry entry, String event, Epoch epoch, WriteListener listener) {
      this.entry = entry;
      this.event = event;
      this.epoch = epoch;
      this.listener = listener;
    }

    @Override
    public void completed(Outcome outcome) {
      if (outcome instanceof Outcome.Applied || outcome instanceof Outcome.Replayed) {
        simulation.checks().applied(event);
      }
      told(
          () -> {
            simulation.trace(process, () -> entry.name() + " " + event + ": " + outcome);
            ended(false);
            listener.completed(outcome);
          });
    }

    @Override
    public void failed(SluiceException failure) {
      told(
          () -> {
            simulation.trace(process, () -> entry.name() + " " + event + ": " + failure);
            ended(failure instanceof RetriableException);
            listener.failed(failure);
          });
    }

    /** At once, or after a while in which others are told of later ends, or all has changed. */
    private void told(Runnable end) {
      if (simulation.scenario().lateCompletions() && random.nextInt(8) == 0) {
        simulation.counts().add(Fault.COMPLETION_LATE);
        simulation.later(1 + random.nextInt(4_000), () -> tell(end));
      } else {
        tell(end);
      }
    }

    private void tell(Runnable end) {
      if (!process.isDead()) {
        if (epoch != null && epoch(entry) != epoch) {
          simulation.counts().add(Fault.COMPLETION_OF_FORMER_EPOCH);
        }
        end.run();
        process.mail();
      }
    }

    private void ended(boolean toRetry) {
      if (epoch != null) {
        epoch.underWay--;
        underWay.merge(entry.partition, -1, Integer::sum);
        Lane lane = counted ? epoch.lane(entry) : null;
        if (lane != null) {
          lane.out--;
        }
        if (toRetry) {
          epoch.heldUp = true;
          if (entry.record.key() != null) {
            epoch.lane(entry).toRetry.put(entry.offset, process.turns());
          }
        }
      }
    }
  }

  @Override
  public boolean toleratesCompaction() {
    return writer.toleratesCompaction();
  }

  @Override
  public void onReady(Runnable ready) {
    writer.onReady(
        () -> {
          ready.run();
          process.mail();
        });
  }

  @Override
  public CompletionStage<Boolean> release(SourcePosition source, String eventId) {
    return writer.release(source, eventId).whenComplete((released, failure) -> process.mail());
  }

  @Override
  public CompletionStage<Outcome> replay(
      SourcePosition source, Write write, List<Suffix> recorded) {
    throw new UnsupportedOperationException("the loop replays nothing");
  }

  @Override
  public CompletionStage<Void> flush() {
    return writer.flush();
  }

  @Override
  public List<HotKey> hotKeys() {
    return writer.hotKeys();
  }

  @Override
  public CompletionStage<Outcome> write(SourcePosition source, Write write) {
    throw new UnsupportedOperationException("the loop must not block");
  }

  @Override
  public CloseReport close(Duration timeout) {
    throw new UnsupportedOperationException("the loop does not close what it was given");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("the loop does not close what it was given");
  }
}
