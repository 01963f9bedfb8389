package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.request.EffectBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The senders on which effects go out: for each table one for creates, one for puts and deletes,
 * and one for versioned puts.
 */
final class EffectSenders implements EffectSink {
  // By operation: two kinds of effect share a sender if one operation makes both.
  private final Map<EffectBatch, EffectSender> senders = new HashMap<>();
  private final List<EffectSender> inOrder = new ArrayList<>();
  private final LoopResources loop;
  private final Connection<EffectStage> stage = new Connection<>();
  private final Connection<EffectSink> gate = new Connection<>();
  private int next;

  EffectSenders(
      Iterable<TableRoute> routes,
      Map<String, TablePacing> pacings,
      BatchTriggers triggers,
      LoopResources loop) {
    this.loop = loop;
    BatchTriggers single = new BatchTriggers(1, triggers.maxBytes(), Duration.ZERO);
    for (TableRoute route : routes) {
      for (EffectBatch operation : List.of(route.creates(), route.writes(), route.versioned())) {
        EffectSender sender =
            new EffectSender(
                operation,
                requireNonNull(pacings.get(route.table().name()), "pacing"),
                operation == route.versioned() ? single : triggers,
                loop,
                stage,
                gate);
        senders.put(operation, sender);
        inOrder.add(sender);
      }
    }
  }

  /**
   * Connects the senders, once.
   *
   * @param effects told of each effect that is applied or given up
   * @param hotKeys takes effects that are to go again on keys that are hot by then
   */
  void connect(EffectStage effects, EffectSink hotKeys) {
    stage.connect(effects);
    gate.connect(hotKeys);
  }

  @Override
  public void append(EffectTask task) {
    EffectSender sender = senders.get(task.route().operation(task.kind()));
    if (sender == null) {
      throw new IllegalStateException("There is no sender for a table that was declared.");
    }
    sender.append(task);
  }

  /**
   * Sends what is due, a request from each sender in turn, as far as there is room.
   *
   * @param eagerness whether to send what is gathered without waiting for more
   */
  void dispatch(Eagerness eagerness) {
    int idle = 0;
    while (idle < inOrder.size() && loop.requests().hasRoom()) {
      EffectSender sender = inOrder.get(next);
      next = (next + 1) % inOrder.size();
      idle = sender.sendOne(eagerness) ? 0 : idle + 1;
    }
  }

  /** {@return when the next batch is due by itself} */
  OptionalLong nextDue(Eagerness eagerness) {
    OptionalLong next = OptionalLong.empty();
    for (EffectSender sender : inOrder) {
      next = Timers.earlier(next, sender.nextDue(eagerness));
    }
    return next;
  }
}
