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
import org.apache.kafka.common.TopicPartition;

/** The real writer, and what must hold between it and the loop. */
final class WatchedWriter implements IdempotentWriter {
  /** Whether the records behind one that is to be retried must wait, if they have its key. */
  private static final boolean RETRIES_HOLD_BACK = Boolean.getBoolean("sluice.sim.order");

  private final IdempotentWriter writer;
  private final SimulatedProcess process;
  private final Simulation simulation;

  /** By partition: what this process has under way for it since it got it. */
  private final Map<Integer, Epoch> epochs = new HashMap<>();

  private static final class Epoch {
    final SimulatedConsumer.Holding holding;
    final Map<ByteBuffer, Lane> lanes = new HashMap<>();
    int underWay;

    Epoch(SimulatedConsumer.Holding holding) {
      this.holding = holding;
    }

    Lane lane(Entry entry) {
      return lanes.computeIfAbsent(ByteBuffer.wrap(entry.record.key()), key -> new Lane());
    }
  }

  /** The records of one key. */
  private static final class Lane {
    long highest = -1;
    final TreeMap<Long, Integer> toRetry = new TreeMap<>();
  }

  WatchedWriter(IdempotentWriter writer, SimulatedProcess process) {
    this.writer = writer;
    this.process = process;
    this.simulation = process.simulation();
  }

  @Override
  public boolean tryWrite(SourcePosition source, Write write, WriteListener listener) {
    Entry entry = simulation.entryOf(source.value());
    Epoch epoch = epoch(entry);
    Watched watched = new Watched(entry, epoch, listener);
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
      accepted(entry, epoch);
    }
    return true;
  }

  /** The current epoch of a record's partition; null if it has no owner here. */
  private Epoch epoch(Entry entry) {
    SimulatedConsumer.Holding holding =
        process.consumer().holding(new TopicPartition(SimulatedLog.TOPIC, entry.partition));
    Epoch epoch = epochs.get(entry.partition);
    if (epoch == null || epoch.holding != holding) {
      epoch = holding == null ? null : new Epoch(holding);
      epochs.put(entry.partition, epoch);
    }
    return epoch;
  }

  private void accepted(Entry entry, Epoch epoch) {
    epoch.underWay++;
    epoch.holding.mapped = Math.max(epoch.holding.mapped, entry.offset);
    Scenario scenario = simulation.scenario();
    if (epoch.holding.setBack) {
      return;
    }
    // A record is one write or two, and one poll may bring more than there is room for.
    int most = 2 * (scenario.options().maxOpenRecords() + scenario.maxPollRecords());
    if (epoch.underWay > most) {
      simulation
          .checks()
          .fail(epoch.underWay + " writes of partition " + entry.partition + " are under way");
    }
    if (entry.record.key() != null) {
      Lane lane = epoch.lane(entry);
      boolean first = entry.offset > lane.highest;
      if (!first && entry.offset != lane.highest && !lane.toRetry.containsKey(entry.offset)) {
        simulation.checks().fail(entry + " was handed over after a later record of its key");
      }
      if (RETRIES_HOLD_BACK && !lane.toRetry.isEmpty() && lane.toRetry.firstKey() < entry.offset) {
        simulation
            .checks()
            .fail(entry + " was handed over though an earlier one of its key is to be retried");
      }
      lane.highest = Math.max(lane.highest, entry.offset);
      lane.toRetry.computeIfPresent(entry.offset, (at, n) -> n == 1 ? null : n - 1);
    }
  }

  private final class Watched implements WriteListener {
    private final Entry entry;
    private final Epoch epoch;
    private final WriteListener listener;

    Watched(Entry entry, Epoch epoch, WriteListener listener) {
      this.entry = entry;
      this.epoch = epoch;
      this.listener = listener;
    }

    @Override
    public void completed(Outcome outcome) {
      simulation.trace(process, () -> entry + ": " + outcome);
      ended(false);
      listener.completed(outcome);
      process.mail();
    }

    @Override
    public void failed(SluiceException failure) {
      simulation.trace(process, () -> entry + ": " + failure);
      ended(failure instanceof RetriableException);
      listener.failed(failure);
      process.mail();
    }

    private void ended(boolean toRetry) {
      if (epoch != null) {
        epoch.underWay--;
        if (toRetry && entry.record.key() != null) {
          epoch.lane(entry).toRetry.merge(entry.offset, 1, Integer::sum);
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
  public CompletionStage<Outcome> replay(
      SourcePosition source, Write write, List<Suffix> suffixes) {
    throw new UnsupportedOperationException("the loop replays nothing");
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
