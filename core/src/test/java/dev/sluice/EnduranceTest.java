package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Holdings;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Outcome;
import dev.sluice.model.Write;
import dev.sluice.pacing.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Many writes leave nothing behind, and cost the same each. */
class EnduranceTest {
  private static final Fate[] FATES = {
    new Fate.Served(),
    new Fate.ReplyLost(),
    new Fate.NotSent(),
    new Fate.ErrorResponse("ThrottlingException", 400),
    new Fate.ErrorResponse("AccessDeniedException", 400),
    new Fate.ErrorResponse("ValidationException", 400),
    new Fate.NeverAnswered(true),
    new Fate.NeverAnswered(false),
    new Fate.Late(700),
    new Fate.Partly(3)
  };

  @Test
  void whateverBecameOfWritesTheWriterForgetsThem() throws Exception {
    for (long seed = 1; seed <= 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Worker worker = Worker.seeded(seed, b -> b.maxBufferedItems(10_007).claimMemory(2));
      quieten(worker, "before");
      int before = Holdings.of(worker.writer);
      for (String operation : new String[] {"PutItem", "BatchWriteItem", "BatchExecuteStatement"}) {
        for (int i = 0; i < 307; i++) {
          worker.dynamo.next(operation, FATES[random.nextInt(FATES.length)]);
        }
      }
      for (int i = 0; i < 10_007; i++) {
        // Events meet: the same again, others of the same id, and keys that several write.
        int event = random.nextInt(5_003);
        Write write =
            Write.event("e" + event)
                .put(PLAIN, item("k" + event % 97, event % 7, "v" + i))
                .create(SHARDED, item("hot", "v" + i));
        worker.write("t/" + random.nextInt(2) + "/" + event, write);
        if (i % 503 == 0) {
          worker.time.advance(Duration.ofMillis(random.nextInt(1_000)));
        }
      }
      assertThat(Holdings.of(worker.writer)).as("while they are open").isGreaterThan(before + 1009);
      worker.await();
      quieten(worker, "after");

      assertThat(Holdings.of(worker.writer)).as("seed %d", seed).isEqualTo(before);
      assertThat(worker.ended).allSatisfy(write -> assertThat(write.times).isEqualTo(1));
      assertThat(worker.ended.stream().filter(write -> write.failure != null)).isNotEmpty();
    }
  }

  /**
   * Once the memory is full, creates have gone out together (the form of their statement is kept),
   * and each budget has been asked since somebody waited for it.
   */
  private static void quieten(Worker worker, String when) {
    worker.time.advance(Duration.ofMinutes(5));
    for (int i = 0; i < 2; i++) {
      worker.write(
          when + "/" + i,
          Write.event(when + "-" + i)
              .put(PLAIN, item("warm", i, "v"))
              .create(SHARDED, item("hot", "v")));
    }
    worker.await();
    worker.time.advance(Duration.ofMinutes(5));
  }

  @Test
  void aHotKeyCostsEachWriteTheSame() {
    Duration best = Duration.ofDays(1);
    Duration few = Duration.ofDays(1);
    for (int round = 0; round < 3; round++) {
      few = min(few, timed(1_009));
      best = min(best, timed(10_007));
    }

    assertThat(best).isLessThan(few.multipliedBy(40));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration timed(int writes) {
    Worker worker =
        Worker.seeded(7, b -> b.maxBufferedItems(10_007).deliveryTimeout(Duration.ofHours(1)));
    for (int i = 0; i < writes; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).put(PLAIN, item("hot", 1, "v" + i)));
    }
    MonotonicClock clock = new MonotonicClock();
    Instant start = clock.instant();
    Ended last = worker.ended.get(writes - 1);
    worker.time.runUntil(last::hasEnded, Duration.ofMinutes(30));

    assertThat(last.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("hot", 1, "v" + (writes - 1)));
    return Duration.between(start, clock.instant());
  }
}
