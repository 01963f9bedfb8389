package dev.sluice.read;

import static dev.sluice.fake.FakeDynamoDb.serviceError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.ReadTimeoutException;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import dev.sluice.testkit.simulated.client.Fate;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.engine.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A shard in trouble is asked again, alone; and what fails, fails visibly and loses nothing. */
class GatherFaultsTest {
  private static final GatherQuery QUERY = GatherQuery.of(GatherRig.LOGICAL).limit(13);
  private static final AttributeValue TROUBLED =
      PhysicalKey.join(GatherRig.LOGICAL, new Suffix(0, 3));

  private final GatherRig rig = GatherRig.numbered(7, KeySharder.random(7));

  GatherFaultsTest() {
    rig.deal(101);
  }

  private void reject(String code, int times) {
    AtomicInteger left = new AtomicInteger(times);
    rig.watched.rejection =
        request ->
            WatchedClient.keyOf(request).equals(TROUBLED) && left.getAndDecrement() > 0
                ? serviceError(code, 400)
                : null;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void aThrottledShardIsAskedAgainAndNoOther() {
    reject("ProvisionedThroughputExceededException", 5);
    GatherPage page = rig.await(rig.reader.read(QUERY));

    assertThat(GatherRig.numbers(page)).isEqualTo(range(0, 13));
    for (AttributeValue key : rig.sharder.physicalKeys(GatherRig.LOGICAL)) {
      assertThat(rig.watched.queriesOf(key)).isEqualTo(key.equals(TROUBLED) ? 6 : 1);
    }
  }

  @Test
  void aRequestThatIsNeverAnsweredIsSentAgain() {
    rig.client.next(Operation.QUERY, Fate.SILENT);
    Instant start = rig.time.now();
    GatherPage page = rig.await(rig.reader.read(QUERY));

    assertThat(GatherRig.numbers(page)).isEqualTo(range(0, 13));
    assertThat(rig.watched.queries()).hasSize(8);
    assertThat(Duration.between(start, rig.time.now()))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
  }

  @Test
  void aClockThatIsSetBackHoldsNoPageUp() {
    reject("ProvisionedThroughputExceededException", Integer.MAX_VALUE);
    AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);
    GatherReader reader =
        rig.builder(rig.watched).clock(() -> rig.time.now().plus(off.get())).build();
    var unused =
        rig.time
            .scheduler()
            .schedule(() -> off.set(Duration.ofHours(-1)), 1_007, TimeUnit.MILLISECONDS);
    Instant start = rig.time.now();

    assertThat(rig.awaitFailure(reader.read(QUERY))).isInstanceOf(ReadTimeoutException.class);
    assertThat(Duration.between(start, rig.time.now())).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void aShardThatStaysThrottledFailsThePageInTime() {
    reject("ThrottlingException", Integer.MAX_VALUE);
    Instant start = rig.time.now();
    Throwable failure = rig.awaitFailure(rig.reader.read(QUERY));

    assertThat(failure)
        .isInstanceOf(ReadTimeoutException.class)
        .hasMessageContaining("'readings'")
        .hasMessageContaining("PT30S")
        .hasMessageContaining("ThrottlingException");
    assertThat(Duration.between(start, rig.time.now())).isLessThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void silenceFailsThePageInTime() {
    rig.client.mishaps(Mishaps.none().chance(Fate.SILENT, Operation.QUERY, 1));
    Instant start = rig.time.now();

    assertThat(rig.awaitFailure(rig.reader.read(QUERY))).isInstanceOf(ReadTimeoutException.class);
    assertThat(Duration.between(start, rig.time.now())).isLessThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aFailedPageLeavesTheTokenBeforeValidAndMayBeAskedForAgain() {
    Gather gather = rig.reader.read(QUERY.shardPageSize(2));
    GatherPage first = rig.await(gather);
    reject("AccessDeniedException", Integer.MAX_VALUE);

    assertThat(rig.awaitFailure(gather))
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("dynamodb:Query")
        .hasMessageContaining("'readings'");
    assertThat(rig.awaitFailure(rig.reader.resume(QUERY, first.token().orElseThrow())))
        .isInstanceOf(SystemException.class);

    rig.watched.rejection = request -> null;
    GatherPage again = rig.await(gather);
    GatherPage elsewhere = rig.await(rig.reader.resume(QUERY, first.token().orElseThrow()));
    assertThat(GatherRig.numbers(first)).isEqualTo(range(0, 13));
    assertThat(GatherRig.numbers(again)).isEqualTo(range(13, 26));
    assertThat(GatherRig.numbers(elsewhere)).isEqualTo(range(13, 26));
  }

  @Test
  void whatWasReadBeforeAFailureIsNotReadAgain() {
    reject("AccessDeniedException", 1);
    Gather gather = rig.reader.read(QUERY);
    rig.awaitFailure(gather);
    GatherPage page = rig.await(gather);

    assertThat(GatherRig.numbers(page)).isEqualTo(range(0, 13));
    for (AttributeValue key : rig.sharder.physicalKeys(GatherRig.LOGICAL)) {
      assertThat(rig.watched.queriesOf(key)).isEqualTo(key.equals(TROUBLED) ? 2 : 1);
    }
  }

  @Test
  void failuresAtRandomLoseNothing() {
    for (long seed = 0; seed < 101; seed++) {
      GatherRig troubled = GatherRig.numbered(seed, KeySharder.random(7));
      troubled.deal(101);
      var random = new SplittableRandom(seed);
      troubled.watched.rejection =
          request -> random.nextInt(9) == 0 ? serviceError("AccessDeniedException", 400) : null;
      Gather gather = troubled.reader.read(QUERY.shardPageSize(3));
      List<Integer> read = new ArrayList<>();
      boolean last = false;
      while (!last) {
        var page = gather.next().toCompletableFuture();
        troubled.time.runUntil(page::isDone, Duration.ofMinutes(1));
        if (!page.isCompletedExceptionally()) {
          read.addAll(GatherRig.numbers(page.join()));
          last = page.join().token().isEmpty();
        }
      }
      assertThat(read).as("seed %d", seed).isEqualTo(range(0, 101));
    }
  }

  @Test
  void aQueryThatTheServiceRejectsSaysSoWithoutItsWords() {
    reject("ValidationException", Integer.MAX_VALUE);

    assertThat(rig.awaitFailure(rig.reader.read(QUERY)))
        .isInstanceOf(ConfigurationException.class)
        .hasNoCause()
        .hasMessageContaining("ValidationException");
  }

  @Test
  void aTimerThatIsShutDownFailsThePage() {
    ScheduledExecutorService stopped = Executors.newSingleThreadScheduledExecutor();
    stopped.shutdownNow();
    GatherReader reader = rig.builder(rig.watched).scheduler(stopped).build();

    assertThat(rig.awaitFailure(reader.read(QUERY))).isInstanceOf(SystemException.class);
  }
}
