package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.FakeWriter;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens in whatever order, a committed offset has nothing unfinished below it, and in
 * the end everything is committed. One seed again: {@code -Dtest.jvm.args=-Dsluice.seed=N}; more of
 * them: {@code -Dtest.jvm.args=-Dsluice.seeds=N}.
 */
class InterleavingTest {
  private static final int STEPS = 701;
  private static final int OFFSETS = 211;

  private final LoopRig rig = new LoopRig();
  private final Map<TopicPartition, TreeSet<Long>> logs = new HashMap<>();
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Set<String> done = new HashSet<>();
  private int lettersAnswered;
  private int commitsChecked;
  private Random random;

  static List<Long> seeds() {
    Long one = Long.getLong("sluice.seed");
    return one != null
        ? List.of(one)
        : new Random(20).longs(Integer.getInteger("sluice.seeds", 53)).boxed().toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noCommitPassesWhatIsUnfinished(long seed) {
    random = new Random(seed);
    prepare();
    for (int step = 0; step < STEPS; step++) {
      step();
      check(seed);
    }
    settle();
    check(seed);
    for (TopicPartition id : logs.keySet()) {
      assertThat(rig.consumer.committed(Set.of(id)).get(id).offset())
          .as("seed %d: what is committed of %s", seed, id)
          .isEqualTo(logs.get(id).last() + 1);
    }
  }

  private void prepare() {
    for (TopicPartition id : List.of(P0, P1)) {
      var log = new TreeSet<Long>();
      for (long offset = 0; offset < OFFSETS; offset++) {
        if (random.nextInt(5) > 0) {
          log.add(offset);
        }
      }
      logs.put(id, log);
    }
    rig.mapper =
        record ->
            record.offset() % 17 == 5
                ? Mapped.reject("poison")
                : record.offset() % 23 == 7
                    ? Mapped.skip()
                    : Mapped.write(event("e" + record.partition() + "-" + record.offset()));
    rig.options.maxOpenRecords(1 + random.nextInt(31));
    rig.writer.capacity = 1 + random.nextInt(23);
    rig.open();
    assign(List.of(P0, P1));
  }

  private void step() {
    int roll = random.nextInt(100);
    if (roll < 30) {
      arrive();
    } else if (roll < 70) {
      endOne();
    } else if (roll < 78) {
      answerLetter(random.nextInt(3) > 0);
    } else if (roll < 84) {
      rig.writer.releases.values().forEach(release -> release.complete(true));
    } else if (roll < 86) {
      rig.consumer.commitFailures.add(new RetriableCommitFailedException("try again"));
    } else if (roll < 88) {
      assign(List.of());
      assign(List.of(P0, P1));
    } else if (roll < 89) {
      rig.loop.listener().onPartitionsLost(rig.consumer.assignment());
      rig.consumer.rebalance(List.of());
      assign(List.of(P0, P1));
    } else if (roll < 90) {
      assign(random.nextBoolean() ? List.of(P0) : List.of(P1));
      assign(List.of(P0, P1));
    } else {
      rig.time.advance(Duration.ofMillis(random.nextInt(50)));
    }
    rig.turns(1);
  }

  private void assign(List<TopicPartition> ids) {
    rig.consumer.rebalance(ids);
    // The mock forgets what it holds unpolled, of partitions that stay, too.
    ids.forEach(id -> next.put(id, rig.consumer.position(id)));
  }

  private void arrive() {
    TopicPartition id = random.nextBoolean() ? P0 : P1;
    int most = 1 + random.nextInt(7);
    for (int i = 0; i < most && !rig.consumer.paused().contains(id); i++) {
      Long offset = logs.get(id).ceiling(next.get(id));
      if (offset == null) {
        return;
      }
      rig.receive(id, offset, null, "v");
      next.put(id, offset + 1);
    }
  }

  private void endOne() {
    if (rig.writer.pending.isEmpty()) {
      return;
    }
    int index = random.nextInt(rig.writer.pending.size());
    FakeWriter.Pending one = rig.writer.pending.get(index);
    String source = one.source().value();
    switch (random.nextInt(10)) {
      case 0, 1 -> rig.writer.fail(source, new UnknownOutcomeException("timed out", null));
      case 2 ->
          rig.writer.fail(
              source, new RejectedWriteException("no", "Code", false, List.of(Suffix.NONE)));
      case 3 ->
          rig.writer.end(
              source,
              new Outcome.Conflict(
                  Outcome.Conflict.Kind.OTHER_CONTENT, new SourcePosition("elsewhere")));
      case 4 -> {
        done.add(source);
        rig.writer.end(source, new Outcome.Duplicate(new SourcePosition("elsewhere")));
      }
      default -> {
        done.add(source);
        rig.writer.apply(source);
      }
    }
  }

  private void answerLetter(boolean taken) {
    if (lettersAnswered < rig.producer.history().size()) {
      var letter = rig.producer.history().get(lettersAnswered++);
      if (taken) {
        done.add(new String(letter.headers().lastHeader("sluice.source").value(), UTF_8));
        rig.producer.completeNext();
      } else {
        rig.producer.errorNext(new TimeoutException("no leader"));
      }
    }
  }

  private void settle() {
    rig.consumer.commitFailures.clear();
    for (int round = 0; round < 2_003; round++) {
      arrive();
      rig.writer.pending.forEach(pending -> done.add(pending.source().value()));
      rig.writer.applyAll();
      answerLetter(true);
      rig.writer.releases.values().forEach(release -> release.complete(true));
      rig.turns(1);
    }
  }

  private void check(long seed) {
    for (; commitsChecked < rig.consumer.commits.size(); commitsChecked++) {
      String commit = rig.consumer.commits.get(commitsChecked);
      int at = commit.indexOf('@');
      TopicPartition id = commit.startsWith(P0.toString()) ? P0 : P1;
      for (long offset : logs.get(id).headSet(Long.parseLong(commit.substring(at + 1)))) {
        if (offset % 23 != 7 || offset % 17 == 5) {
          assertThat(done)
              .as("seed %d: %s was committed", seed, commit)
              .contains(SourcePosition.of(id.topic(), id.partition(), offset).value());
        }
      }
    }
  }
}
