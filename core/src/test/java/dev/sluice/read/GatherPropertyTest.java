package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.read.DrawnRead.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * A gather read against a plain sort of everything that was written, for all types of sort keys,
 * sharders with and without predecessors, both orders, limits, conditions and filters, as drawn
 * from a seed.
 */
class GatherPropertyTest {
  private static final int SEEDS = 307;

  private static void forAllSeeds(LongConsumer promise) {
    Long one = Long.getLong("sluice.gather.seed");
    for (long seed = one == null ? 0 : one; seed < (one == null ? SEEDS : one + 1); seed++) {
      try {
        promise.accept(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + "; run it alone with -Dsluice.gather.seed=" + seed, e);
      }
    }
  }

  private static List<Written> found(DrawnRead drawn, GatherPage page) {
    return page.items().stream().map(drawn::found).toList();
  }

  private static void assertFull(DrawnRead drawn, GatherPage page) {
    assertThat(page.items()).hasSizeLessThanOrEqualTo(drawn.limit);
    if (page.token().isPresent()) {
      assertThat(page.items()).hasSize(drawn.limit);
    }
    assertThat(page.items()).allMatch(item -> item.item().get("pk").equals(GatherRig.LOGICAL));
  }

  @Test
  void pageAfterPageGivesThePlainSort() {
    forAllSeeds(
        seed -> {
          DrawnRead drawn = new DrawnRead(seed);
          List<Written> all = new ArrayList<>();
          for (GatherPage page : drawn.rig.awaitAll(drawn.rig.reader.read(drawn.query))) {
            assertFull(drawn, page);
            all.addAll(found(drawn, page));
          }
          assertThat(all).as("%s", drawn).isEqualTo(drawn.expected());
        });
  }

  @Test
  void resumedAtEveryPageItGivesThePlainSort() {
    forAllSeeds(
        seed -> {
          DrawnRead drawn = new DrawnRead(seed);
          GatherPage page = drawn.rig.await(drawn.rig.reader.read(drawn.query));
          List<Written> all = new ArrayList<>(found(drawn, page));
          while (page.token().isPresent()) {
            page =
                drawn.rig.await(drawn.rig.reader.resume(drawn.query, page.token().orElseThrow()));
            assertFull(drawn, page);
            all.addAll(found(drawn, page));
          }
          assertThat(all).as("%s", drawn).isEqualTo(drawn.expected());
        });
  }

  @Test
  void faultsChangeNothing() {
    forAllSeeds(
        seed -> {
          DrawnRead drawn = new DrawnRead(seed);
          drawn.trouble();
          List<Written> all = new ArrayList<>();
          Gather gather = drawn.rig.reader.read(drawn.query);
          for (GatherPage page : drawn.rig.awaitAll(gather)) {
            all.addAll(found(drawn, page));
          }
          assertThat(all).as("%s", drawn).isEqualTo(drawn.expected());
        });
  }

  @Test
  void writesBetweenPagesDisturbNothingThatWasThere() {
    forAllSeeds(
        seed -> {
          DrawnRead drawn = new DrawnRead(seed);
          List<Written> before = drawn.expected();
          Gather gather = drawn.rig.reader.read(drawn.query);
          GatherPage page = drawn.rig.await(gather);
          List<Written> all = new ArrayList<>(found(drawn, page));
          while (page.token().isPresent()) {
            for (int writes = drawn.random.nextInt(7); writes > 0; writes--) {
              drawn.write();
            }
            if (drawn.random.nextBoolean()) {
              gather = drawn.rig.reader.resume(drawn.query, page.token().orElseThrow());
            }
            page = drawn.rig.await(gather);
            all.addAll(found(drawn, page));
          }
          assertThat(all).as("%s", drawn).containsSubsequence(before);
          assertThat(drawn.expected()).as("%s", drawn).containsSubsequence(all);
        });
  }

  /**
   * A shard of which {@code k} items are handed out on a page is asked for its share and twice
   * {@code k} items at most, never for more than is wanted, and not at all once it has ended.
   */
  @Test
  void noShardIsAskedForMoreThanIsNeeded() {
    forAllSeeds(
        seed -> {
          DrawnRead drawn = new DrawnRead(seed);
          if (drawn.filtered) {
            return;
          }
          Gather gather = drawn.rig.reader.read(drawn.query);
          GatherPage page;
          do {
            drawn.rig.watched.forget();
            page = drawn.rig.await(gather);
            assertBound(drawn, page);
          } while (page.token().isPresent());
          drawn.rig.watched.forget();
          assertThat(drawn.rig.await(gather).items()).isEmpty();
          assertThat(drawn.rig.watched.queries()).isEmpty();
        });
  }

  private static void assertBound(DrawnRead drawn, GatherPage page) {
    List<QueryRequest> queries = drawn.rig.watched.queries();
    assertThat(queries)
        .allMatch(query -> query.limit() <= Math.min(drawn.limit, drawn.shardPageSize));
    Map<AttributeValue, Integer> asked =
        queries.stream()
            .collect(
                Collectors.groupingBy(
                    WatchedClient::keyOf, Collectors.summingInt(QueryRequest::limit)));
    List<AttributeValue> keys = drawn.rig.sharder.physicalKeys(GatherRig.LOGICAL);
    for (int place = 0; place < keys.size(); place++) {
      int shard = place;
      long handedOut = found(drawn, page).stream().filter(item -> item.place() == shard).count();
      long share = drawn.limit;
      assertThat((long) asked.getOrDefault(keys.get(place), 0))
          .as("%s", drawn)
          .isLessThanOrEqualTo(2 * handedOut + Math.min(share, drawn.shardPageSize));
    }
  }
}
