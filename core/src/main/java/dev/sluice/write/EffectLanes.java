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
import java.util.function.Consumer;

/**
 * The lanes on which effects go out: for each table one for creates, one for puts and deletes, and
 * one for versioned puts.
 */
final class EffectLanes implements EffectSink {
  // By operation: two kinds of effect share a lane if one operation makes both.
  private final Map<EffectBatch, EffectLane> lanes = new HashMap<>();
  private final List<EffectLane> inOrder = new ArrayList<>();
  private final LoopResources loop;
  private int next;

  EffectLanes(
      Iterable<TableRoute> routes,
      Map<String, TableFlow> flows,
      BatchTriggers triggers,
      LoopResources loop) {
    this.loop = loop;
    BatchTriggers single = new BatchTriggers(1, triggers.maxBytes(), Duration.ZERO);
    for (TableRoute route : routes) {
      for (EffectBatch operation : List.of(route.creates(), route.writes(), route.versioned())) {
        EffectLane lane =
            new EffectLane(
                operation,
                requireNonNull(flows.get(route.table().name()), "flow"),
                operation == route.versioned() ? single : triggers,
                loop);
        lanes.put(operation, lane);
        inOrder.add(lane);
      }
    }
  }

  void onEnded(Consumer<EffectTask> listener) {
    inOrder.forEach(lane -> lane.onEnded(listener));
  }

  /** Sets who takes effects that are to go again on keys that are hot by then. */
  void onHot(Consumer<EffectTask> taker) {
    inOrder.forEach(lane -> lane.onHot(taker));
  }

  @Override
  public void append(EffectTask task) {
    EffectLane lane = lanes.get(task.route().operation(task.kind()));
    if (lane == null) {
      throw new IllegalStateException("There is no lane for a table that was declared.");
    }
    lane.append(task);
  }

  /**
   * Sends what is due, a request from each lane in turn, as far as there is room.
   *
   * @param eagerness whether to send what is gathered without waiting for more
   */
  void dispatch(Eagerness eagerness) {
    int idle = 0;
    while (idle < inOrder.size() && loop.flights().hasRoom()) {
      EffectLane lane = inOrder.get(next);
      next = (next + 1) % inOrder.size();
      idle = lane.sendOne(eagerness) ? 0 : idle + 1;
    }
  }

  /** {@return when the next batch is due by itself} */
  OptionalLong nextDue(Eagerness eagerness) {
    OptionalLong next = OptionalLong.empty();
    for (EffectLane lane : inOrder) {
      next = Timers.earlier(next, lane.nextDue(eagerness));
    }
    return next;
  }
}
