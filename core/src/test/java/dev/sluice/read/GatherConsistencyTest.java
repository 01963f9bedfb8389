package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb;
import dev.sluice.model.Suffix;
import dev.sluice.read.DrawnRead.Written;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** A consistent page holds what stands when it is asked for, and nothing else. */
class GatherConsistencyTest {
  private static final GatherQuery ALL = GatherQuery.of(GatherRig.LOGICAL).consistent();

  private static void delete(GatherRig rig, int number, int shard) {
    var unused =
        rig.service.execute(
            DeleteItemRequest.builder()
                .tableName(GatherRig.TABLE)
                .key(
                    Map.of(
                        "pk",
                        PhysicalKey.join(GatherRig.LOGICAL, new Suffix(0, shard)),
                        "sk",
                        GatherRig.number(number)))
                .build(),
            rig.time.now());
  }

  private static void put(GatherRig rig, int number, int shard) {
    rig.put(GatherRig.number(number), new Suffix(0, shard), Map.of());
  }

  @Test
  void aPageHoldsNothingThatAnEarlierOneHasRead() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(2));
    for (int i = 0; i < 20; i += 2) {
      put(rig, i, i / 2 % 2);
    }
    Gather gather = rig.reader.read(ALL.limit(3));
    GatherPage first = rig.await(gather);
    assertThat(GatherRig.numbers(first)).containsExactly(0, 2, 4);
    put(rig, 5, 0);
    put(rig, 4, 1);
    delete(rig, 6, 1);

    assertThat(GatherRig.numbers(rig.await(gather))).containsExactly(4, 5, 8);
    GatherPage resumed = rig.await(rig.reader.resume(ALL.limit(3), first.token().orElseThrow()));
    assertThat(GatherRig.numbers(resumed)).containsExactly(4, 5, 8);
  }

  @Test
  void aShardThatHadEndedIsReadOn() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    put(rig, 1, 0);
    for (int i = 2; i < 31; i++) {
      put(rig, i, 2);
    }
    GatherQuery lax = GatherQuery.of(GatherRig.LOGICAL).limit(3);
    Gather gather = rig.reader.read(ALL.limit(3));
    String token = rig.await(gather).token().orElseThrow();
    String ofLax = rig.await(rig.reader.read(lax)).token().orElseThrow();
    put(rig, 4, 0);
    put(rig, 3, 1);
    rig.put(GatherRig.number(5), new Suffix(0, 1), Map.of());

    // What is written at the sort key of the page's end, in an earlier shard, is behind it.
    List<Integer> expected = List.of(4, 4, 5);
    assertThat(GatherRig.numbers(rig.await(gather))).isEqualTo(expected);
    assertThat(GatherRig.numbers(rig.await(rig.reader.resume(ALL.limit(3), token))))
        .isEqualTo(expected);
    assertThat(GatherRig.numbers(rig.await(rig.reader.resume(ALL.limit(3), ofLax))))
        .isEqualTo(expected);
  }

  @Test
  void aPageThatFailedIsReadAnew() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(2));
    for (int i = 1; i < 31; i++) {
      put(rig, i, i % 2);
    }
    Gather gather = rig.reader.read(ALL.limit(7).shardPageSize(2));
    rig.await(gather);
    rig.watched.rejection =
        query ->
            query.hasExclusiveStartKey()
                    && query.exclusiveStartKey().get("sk").equals(GatherRig.number(11))
                ? FakeDynamoDb.serviceError("AccessDeniedException", 400)
                : null;
    rig.awaitFailure(gather);
    rig.watched.rejection = query -> null;
    delete(rig, 8, 0);

    assertThat(GatherRig.numbers(rig.await(gather))).containsExactly(9, 10, 11, 12, 13, 14, 15);
  }

  @Test
  void withoutASortKeyAShardThatWasEmptyIsReadAgain() {
    KeySharder sharder = KeySharder.random(7);
    GatherRig rig = new GatherRig(3, null, sharder, UnaryOperator.identity());
    for (int shard : new int[] {0, 1, 4, 6}) {
      put(rig, 0, shard);
    }
    Gather gather = rig.reader.read(ALL.limit(3));
    String token = rig.await(gather).token().orElseThrow();
    put(rig, 0, 5);
    put(rig, 0, 2);

    for (GatherPage page :
        List.of(rig.await(gather), rig.await(rig.reader.resume(ALL.limit(3), token)))) {
      assertThat(page.items()).extracting(item -> item.suffix().shard()).containsExactly(5, 6);
    }
  }

  @Test
  void aStreamAsksForEachPageWhenItIsNeeded() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(2));
    for (int i = 0; i < 20; i += 2) {
      put(rig, i, i / 2 % 2);
    }
    WatchedClient atOnce =
        new WatchedClient(
            request ->
                CompletableFuture.completedFuture(
                    (QueryResponse) rig.service.execute(request, rig.time.now())));
    Iterator<GatheredItem> items =
        rig.builder(atOnce).build().read(ALL.limit(3)).stream().iterator();
    List<Integer> read = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      read.add(Integer.valueOf(items.next().item().get("sk").n()));
    }
    put(rig, 5, 1);
    read.add(Integer.valueOf(items.next().item().get("sk").n()));

    assertThat(read).containsExactly(0, 2, 4, 5);
  }

  /** Random tables, queries and writes between pages; each page against a plain sort. */
  @Test
  void aPageIsWhatStandsWhenItIsAskedFor() {
    long first = Long.getLong("sluice.gather.seed", System.nanoTime() >>> 1);
    int count = Long.getLong("sluice.gather.seed") == null ? 300 : 1;
    for (long seed = first; seed < first + count; seed++) {
      try {
        run(new DrawnRead(seed));
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + "; run it alone with -Dsluice.gather.seed=" + seed, e);
      }
    }
  }

  private static void run(DrawnRead drawn) {
    GatherQuery query = drawn.query.consistent();
    boolean faulty = drawn.random.nextInt(4) == 0;
    if (faulty) {
      drawn.trouble();
    }
    // The first page of some comes of a query that was not consistent, before anything changes.
    Gather gather = drawn.rig.reader.read(drawn.random.nextBoolean() ? query : drawn.query);
    GatherPage page = drawn.rig.await(gather);
    List<Written> got = check(drawn, null, page);
    gather = page.token().map(token -> drawn.rig.reader.resume(query, token)).orElse(gather);
    while (page.token().isPresent()) {
      Written last = got.get(got.size() - 1);
      for (int writes = drawn.random.nextInt(7); writes > 0; writes--) {
        drawn.write();
      }
      if (drawn.random.nextInt(3) == 0) {
        gather = drawn.rig.reader.resume(query, page.token().orElseThrow());
      }
      page = drawn.rig.await(gather);
      got = check(drawn, last, page);
    }
  }

  private static List<Written> check(DrawnRead drawn, Written last, GatherPage page) {
    List<Written> got = page.items().stream().map(drawn::found).toList();
    List<Written> expected =
        drawn.expected().stream()
            .filter(item -> last == null || drawn.order.compare(item, last) > 0)
            .limit(drawn.limit)
            .toList();
    assertThat(got).as("%s", drawn).isEqualTo(expected);
    return got;
  }
}
