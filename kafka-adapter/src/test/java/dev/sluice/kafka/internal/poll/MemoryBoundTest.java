package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.P2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.FakeWriter;
import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Whatever fails for however long: what is in memory stays within its bound, and what does not fail
 * gets through. On one partition any record may be stuck, on another three are, on the third none.
 */
class MemoryBoundTest {
  private static final int SEEDS = 13;
  private static final int ROUNDS = 101;
  private static final long MAX_BYTES = 1_200;
  private static final long SHARE = MAX_BYTES / 3;
  private static final int RECORDS_A_POLL = 5;
  private static final int RECORD_BYTES = 75;
  private static final long POLL_BYTES = RECORDS_A_POLL * RECORD_BYTES;
  private static final String STUCK = "stuck";

  private static final class Run {
    final Random random;
    final LoopRig rig = new LoopRig();
    final Map<TopicPartition, Long> sent = new HashMap<>();
    final Map<TopicPartition, Long> received = new HashMap<>();
    final Set<String> stuck = new HashSet<>();

    Run(long seed) {
      random = new Random(seed);
      rig.options
          .maxOpenBytes(MAX_BYTES)
          .retryBackoff(Duration.ofSeconds(1), Duration.ofSeconds(3));
      rig.metrics =
          new ConsumerMetrics() {
            @Override
            public void received(TopicPartition partition, int records, long bytes) {
              received.merge(partition, (long) records, Long::sum);
            }
          };
      rig.started(P0, P1, P2);
    }

    /** As a fetch: there is no other before the last one was polled. */
    private void fetch(TopicPartition partition) {
      long offset = sent.getOrDefault(partition, 0L);
      if (offset > received.getOrDefault(partition, 0L)) {
        return;
      }
      int count = 1 + random.nextInt(RECORDS_A_POLL);
      for (int i = 0; i < count; i++, offset++) {
        boolean sticks =
            partition.equals(P0) ? random.nextInt(9) == 0 : partition.equals(P1) && offset < 3;
        String key = sticks ? STUCK : "key-" + random.nextInt(7);
        if (sticks) {
          stuck.add(partition.topic() + "/" + partition.partition() + "/" + offset);
        }
        rig.receive(partition, offset, key, "v".repeat(RECORD_BYTES - key.length()));
      }
      sent.put(partition, offset);
    }

    private void answer() {
      for (FakeWriter.Pending each : List.copyOf(rig.writer.pending)) {
        String source = each.source().value();
        if (stuck.contains(source) || random.nextInt(11) == 0) {
          rig.writer.fail(source, new UnknownOutcomeException("timed out", null));
        } else if (random.nextInt(3) > 0) {
          rig.writer.apply(source);
        }
      }
    }

    void round() {
      List.of(P0, P1, P2).forEach(this::fetch);
      rig.loop.turn();
      rig.time.advance(Duration.ofMillis(101));
      rig.loop.turn();
      check();
      answer();
    }

    private void check() {
      Map<TopicPartition, ConsumerHealth.Partition> partitions = rig.health().partitions();
      long all = 0;
      for (ConsumerHealth.Partition each : partitions.values()) {
        assertThat(each.open().bytes()).isLessThan(SHARE + POLL_BYTES);
        all += each.open().bytes();
      }
      assertThat(all).isLessThan(MAX_BYTES + partitions.size() * POLL_BYTES);
    }
  }

  @Test
  void whatIsStuckTakesNoMoreThanItsBoundAndStarvesNobody() {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        var run = new Run(seed);
        for (int round = 0; round < ROUNDS; round++) {
          run.round();
        }
        var before = Map.copyOf(run.received);
        for (int round = 0; round < ROUNDS; round++) {
          run.round();
        }
        assertThat(run.rig.loop.paused()).as("what is stuck").containsKey(P0);
        assertThat(run.received.get(P1)).isGreaterThan(before.get(P1) + ROUNDS / 10);
        assertThat(run.received.get(P2)).isGreaterThan(before.get(P2) + ROUNDS / 10);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
