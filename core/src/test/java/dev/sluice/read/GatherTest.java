package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** How much a gather read reads, and what it says of what it is given. */
class GatherTest {
  private static final GatherQuery ALL = GatherQuery.of(GatherRig.LOGICAL);

  private static AttributeValue shard(int shard) {
    return PhysicalKey.join(GatherRig.LOGICAL, new Suffix(0, shard));
  }

  @Test
  void aPageThatFitsOneReadOfAShardTakesARequestPerShard() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(13));
    rig.deal(1009);
    GatherPage page = rig.await(rig.reader.read(ALL.limit(101)));

    assertThat(GatherRig.numbers(page)).isEqualTo(IntStream.range(0, 101).boxed().toList());
    assertThat(rig.watched.queries()).hasSize(13).allMatch(query -> query.limit() == 8 + 3);
  }

  /** Else a page costs the items wanted of each shard: sixteen times what it holds. */
  @Test
  void aPageReadsLittleMoreThanItHolds() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(16));
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 5_003; i++) {
      rig.put(GatherRig.number(i), new Suffix(0, random.nextInt(16)), Map.of());
    }
    GatherPage page = rig.await(rig.reader.read(ALL.limit(100)));

    assertThat(GatherRig.numbers(page)).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(rig.watched.queries().stream().mapToInt(QueryRequest::limit).sum())
        .isBetween(100, 250);
  }

  /** Else who keeps nothing between two calls reads the same in vain, time after time. */
  @Test
  void aSparseFilterGetsOnPageByPage() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(4));
    for (int i = 0; i < 4_003; i++) {
      Map<String, AttributeValue> more =
          i == 3_999 ? Map.of("rare", GatherRig.number(1)) : Map.of();
      rig.put(GatherRig.number(i), new Suffix(0, i % 4), more);
    }
    GatherQuery sparse =
        ALL.filter("attribute_exists(rare)", Map.of(), Map.of()).limit(5).maxItemsRead(1_000);
    List<Integer> found = new ArrayList<>();
    int pages = 1;
    GatherPage page = rig.await(rig.reader.read(sparse));
    while (page.token().isPresent()) {
      found.addAll(GatherRig.numbers(page));
      rig.watched.forget();
      page = rig.await(rig.reader.resume(sparse, page.token().get()));
      assertThat(rig.watched.queries().stream().mapToInt(QueryRequest::limit).sum())
          .isLessThan(3_000);
      pages++;
    }
    found.addAll(GatherRig.numbers(page));

    assertThat(found).containsExactly(3_999);
    assertThat(pages).isBetween(3, 9);
    GatherReader atOnce = rig.builder(atOnce(rig)).build();
    assertThat(atOnce.read(sparse).stream()).hasSize(1);
  }

  /** R6: by default a stream took 616 requests for 61,000 items of 16 shards, one by one. */
  @Test
  void aStreamReadsAllInFewRequests() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(16));
    rig.deal(20_011);
    WatchedClient client = atOnce(rig);
    GatherReader reader = rig.builder(client).build();

    assertThat(reader.read(ALL).stream()).hasSize(20_011);
    // At a thousand each, 16 shards of 1,251 items take 32.
    assertThat(client.queries()).hasSizeLessThan(110);
    client.forget();
    assertThat(reader.read(ALL).stream().limit(20)).hasSize(20);
    assertThat(client.queries()).hasSize(16).allMatch(query -> query.limit() < 12);
  }

  /** R6: what is read ahead is bounded, and nothing is lost or doubled by it. */
  @ParameterizedTest
  @CsvSource({"1, 1000", "7, 3", "100, 50", "1000, 1000"})
  void whatAStreamReadsAheadIsBounded(int limit, int shardPageSize) {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(5));
    rig.deal(3_001);
    WatchedClient client = atOnce(rig);
    Iterator<GatheredItem> items =
        rig.builder(client).build().read(ALL.limit(limit).shardPageSize(shardPageSize)).iterator();
    List<Integer> read = new ArrayList<>();
    while (items.hasNext()) {
      read.add(Integer.parseInt(items.next().item().get("sk").n()));
      long asked = client.queries().stream().mapToLong(QueryRequest::limit).sum();
      assertThat(asked - read.size()).isLessThanOrEqualTo(5 * 2L * shardPageSize + limit);
    }

    assertThat(read).isEqualTo(IntStream.range(0, 3_001).boxed().toList());
  }

  @Test
  void smallReadsOfAShardTakeARequestMoreForEachThatIsUsedUp() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(13));
    rig.deal(1009);
    GatherPage page = rig.await(rig.reader.read(ALL.limit(101).shardPageSize(5)));

    assertThat(GatherRig.numbers(page)).isEqualTo(IntStream.range(0, 101).boxed().toList());
    // 101 items are seven or eight of each shard: one reading of five is used up in each.
    assertThat(rig.watched.queries()).hasSize(13 + 13);
  }

  @Test
  void theNextPageReadsOnlyWhatIsUsedUp() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(13));
    rig.deal(1009);
    Gather gather = rig.reader.read(ALL.limit(7));
    GatherPage first = rig.await(gather);
    rig.watched.forget();
    GatherPage second = rig.await(gather);

    assertThat(GatherRig.numbers(first)).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(GatherRig.numbers(second)).containsExactly(7, 8, 9, 10, 11, 12, 13);
    assertThat(rig.watched.queries()).isEmpty();
  }

  @Test
  void nothingIsSentBeforeAPageIsAskedFor() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(13));
    Gather unused = rig.reader.read(ALL);
    rig.time.advance(Duration.ofMinutes(1));

    assertThat(rig.watched.queries()).isEmpty();
  }

  @Test
  void atMostSoManyShardsAreAskedAtATime() {
    for (int most : new int[] {1, 3, 16, 1_000}) {
      GatherRig rig =
          new GatherRig(
              3,
              ScalarAttributeType.N,
              KeySharder.random(101),
              builder -> builder.maxInFlightRequests(most));
      rig.deal(211);
      rig.awaitAll(rig.reader.read(ALL.limit(7)));

      assertThat(rig.watched.mostUnderWay()).isEqualTo(Math.min(most, 101));
    }
  }

  @Test
  void withoutASortKeyOnlyAsManyShardsAreReadAsThereAreItemsWanted() {
    KeySharder sharder = KeySharder.random(101);
    GatherRig rig = new GatherRig(3, null, sharder, UnaryOperator.identity());
    sharder.suffixes().forEach(suffix -> rig.put(GatherRig.number(0), suffix, Map.of()));
    GatherPage page = rig.await(rig.reader.read(ALL.limit(7)));

    assertThat(page.items())
        .extracting(GatheredItem::suffix)
        .isEqualTo(IntStream.range(0, 7).mapToObj(shard -> new Suffix(0, shard)).toList());
    assertThat(rig.watched.queries()).hasSize(7);
  }

  @Test
  void withoutASortKeyAllIsReadInTheOrderOfTheShards() {
    KeySharder sharder = KeySharder.random(7).after(KeySharder.none());
    for (boolean ascending : new boolean[] {true, false}) {
      GatherQuery query = ascending ? ALL.limit(2) : ALL.limit(2).descending();
      GatherRig rig = new GatherRig(3, null, sharder, UnaryOperator.identity());
      List<Suffix> expected = new ArrayList<>();
      for (int i : new int[] {0, 2, 3, 6, 7}) {
        rig.put(GatherRig.number(0), sharder.suffixes().get(i), Map.of());
        expected.add(sharder.suffixes().get(i));
      }
      List<Suffix> read = new ArrayList<>();
      GatherPage page = rig.await(rig.reader.read(query));
      page.items().forEach(item -> read.add(item.suffix()));
      while (page.token().isPresent()) {
        page = rig.await(rig.reader.resume(query, page.token().orElseThrow()));
        page.items().forEach(item -> read.add(item.suffix()));
      }
      if (!ascending) {
        Collections.reverse(expected);
      }
      assertThat(read).isEqualTo(expected);
      assertThat(rig.watched.queries()).hasSize(8);
    }
  }

  @Test
  void equalSortKeysComeInTheOrderOfTheShards() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(5));
    rig.sharder.suffixes().forEach(suffix -> rig.put(GatherRig.number(1), suffix, Map.of()));
    List<Suffix> up =
        rig.await(rig.reader.read(ALL)).items().stream().map(GatheredItem::suffix).toList();
    List<Suffix> down =
        rig.await(rig.reader.read(ALL.descending())).items().stream()
            .map(GatheredItem::suffix)
            .toList();

    assertThat(up).isEqualTo(rig.sharder.suffixes());
    List<Suffix> reversed = new ArrayList<>(up);
    Collections.reverse(reversed);
    assertThat(down).isEqualTo(reversed);
  }

  @Test
  void readsThatTheServiceCutsShortAreContinued() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    AttributeValue large = AttributeValue.fromS("x".repeat(300_000));
    for (int i = 0; i < 31; i++) {
      rig.put(GatherRig.number(i), new Suffix(0, i % 2), Map.of("large", large));
    }
    GatherPage page = rig.await(rig.reader.read(ALL.limit(31)));

    assertThat(GatherRig.numbers(page)).isEqualTo(IntStream.range(0, 31).boxed().toList());
  }

  @Test
  void itemsComeUnderTheKeyThatWasAskedForAndTellTheirShard() {
    KeySharder sharder = KeySharder.random(3);
    GatherRig rig = GatherRig.numbered(3, sharder);
    rig.put(GatherRig.number(1), new Suffix(0, 2), Map.of());
    GatheredItem item = rig.await(rig.reader.read(ALL)).items().get(0);

    assertThat(item.item()).containsEntry("pk", GatherRig.LOGICAL);
    assertThat(item.suffix()).isEqualTo(new Suffix(0, 2));
    assertThat(item.toString() + rig.await(rig.reader.read(ALL)))
        .doesNotContain(GatherRig.LOGICAL.s());
  }

  @Test
  void aNumberIsFoundHoweverItIsWritten() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    var unused =
        rig.service.execute(
            PutItemRequest.builder()
                .tableName(GatherRig.TABLE)
                .item(Map.of("pk", AttributeValue.fromS("17#0.1"), "sk", GatherRig.number(1)))
                .build(),
            rig.time.now());

    for (AttributeValue key : List.of(AttributeValue.fromN("1.7E1"), AttributeValue.fromS("17"))) {
      GatherPage page = rig.await(rig.reader.read(GatherQuery.of(key)));
      assertThat(page.items()).singleElement().matches(item -> item.item().get("pk").equals(key));
    }
  }

  @Test
  void everyConditionReadsWhatItSays() {
    GatherRig rig = new GatherRig(3, ScalarAttributeType.S, KeySharder.random(3), b -> b);
    List<String> all = List.of("a", "ab", "abc", "b", "ba", "c");
    for (int i = 0; i < all.size(); i++) {
      rig.put(AttributeValue.fromS(all.get(i)), new Suffix(0, i % 3), Map.of());
    }
    AttributeValue ab = AttributeValue.fromS("ab");
    AttributeValue b = AttributeValue.fromS("b");

    assertRead(rig, SortCondition.equalTo(ab), "ab");
    assertRead(rig, SortCondition.lessThan(b), "a", "ab", "abc");
    assertRead(rig, SortCondition.atMost(b), "a", "ab", "abc", "b");
    assertRead(rig, SortCondition.greaterThan(b), "ba", "c");
    assertRead(rig, SortCondition.atLeast(b), "b", "ba", "c");
    assertRead(rig, SortCondition.between(ab, b), "ab", "abc", "b");
    assertRead(rig, SortCondition.beginsWith(ab), "ab", "abc");
    assertThat(SortCondition.between(ab, b).toString()).doesNotContain("ab");
  }

  private static void assertRead(GatherRig rig, SortCondition condition, String... expected) {
    GatherPage page = rig.await(rig.reader.read(ALL.where(condition)));
    assertThat(page.items())
        .extracting(item -> item.item().get("sk").s())
        .containsExactly(expected);
  }

  @Test
  void consistencyIsAskedForWhenItIsWanted() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    rig.await(rig.reader.read(ALL));
    assertThat(rig.watched.queries()).noneMatch(QueryRequest::consistentRead);
    rig.watched.forget();
    rig.await(rig.reader.read(ALL.consistent()));
    assertThat(rig.watched.queries()).hasSize(3).allMatch(QueryRequest::consistentRead);
  }

  @Test
  void aTokenGoesOnWithItsOwnQueryOnly() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    rig.deal(31);
    GatherQuery query = ALL.limit(7).where(SortCondition.atLeast(GatherRig.number(2)));
    String token = rig.await(rig.reader.read(query)).token().orElseThrow();

    GatherQuery may = query.limit(3).shardPageSize(2).consistent();
    assertThat(GatherRig.numbers(rig.await(rig.reader.resume(may, token))))
        .containsExactly(9, 10, 11);
    Map<String, AttributeValue> values = Map.of(":v", GatherRig.number(1));
    for (GatherQuery other :
        List.of(
            ALL,
            query.descending(),
            query.where(SortCondition.atLeast(GatherRig.number(3))),
            query.where(SortCondition.greaterThan(GatherRig.number(2))),
            query.filter("attr = :v", Map.of(), values),
            GatherQuery.of(AttributeValue.fromS("other"))
                .where(SortCondition.atLeast(GatherRig.number(2))))) {
      assertRejected(rig.reader, other, token);
    }
    for (KeySharder other :
        List.of(
            KeySharder.random(4),
            KeySharder.random(3).generation(1),
            KeySharder.random(3).after(KeySharder.none()))) {
      assertRejected(
          GatherReader.builder(rig.watched, GatherRig.TABLE, rig.keys, other).build(),
          query,
          token);
    }
    assertRejected(
        GatherReader.builder(rig.watched, "another", rig.keys, rig.sharder).build(), query, token);
    // How a shard is chosen does not change where its items are.
    Gather unused =
        GatherReader.builder(rig.watched, GatherRig.TABLE, rig.keys, KeySharder.calculated(3))
            .build()
            .resume(query, token);
  }

  /** R5: pages go on while a reader after the other gets the new sharder. */
  @ParameterizedTest
  @CsvSource({"1, true", "1, false", "3, true", "3, false", "7, true", "16, false"})
  void aTokenGoesOnAfterAResharding(int limit, boolean ascending) {
    KeySharder former = KeySharder.random(3);
    GatherRig rig = GatherRig.numbered(3, former);
    rig.deal(31);
    KeySharder later = KeySharder.random(4).generation(1).after(former);
    KeySharder last = KeySharder.random(2).generation(2).after(later);
    GatherQuery query = (ascending ? ALL : ALL.descending()).limit(limit);
    List<Integer> read = new ArrayList<>();
    GatherPage page = rig.await(rig.reader.read(query));
    read.addAll(GatherRig.numbers(page));
    for (int pages = 1; page.token().isPresent(); pages++) {
      KeySharder now = pages < 2 ? former : pages < 3 ? later : last;
      GatherReader reader =
          GatherReader.builder(rig.watched, GatherRig.TABLE, rig.keys, now)
              .clock(rig.time.clock())
              .scheduler(rig.time.scheduler())
              .build();
      if (pages == 3) {
        // Written since: the one ahead is seen, the one behind is not.
        rig.put(GatherRig.number(100), new Suffix(2, 1), Map.of());
        rig.put(GatherRig.number(-100), new Suffix(2, 0), Map.of());
      }
      page = rig.await(reader.resume(query, page.token().get()));
      read.addAll(GatherRig.numbers(page));
    }
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      expected.add(ascending ? i : 30 - i);
    }
    if (limit * 3 < 31) {
      expected.add(ascending ? 100 : -100);
    }

    assertThat(read).isEqualTo(expected);
  }

  /** R5: who has the former sharder cannot go on, and says what can. */
  @Test
  void aTokenOfALaterSharderIsRejectedByAnEarlierOne() {
    GatherRig rig =
        GatherRig.numbered(3, KeySharder.random(2).generation(1).after(KeySharder.none()));
    rig.deal(31);
    String token = rig.await(rig.reader.read(ALL.limit(7))).token().orElseThrow();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GatherReader.builder(rig.watched, GatherRig.TABLE, rig.keys, KeySharder.none())
                    .build()
                    .resume(ALL.limit(7), token))
        .withMessageContaining("newer");
  }

  /** R5: a table that was not sharded, too. */
  @Test
  void aTokenGoesOnOnceATableIsSharded() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.none());
    rig.deal(31);
    String token = rig.await(rig.reader.read(ALL.limit(7))).token().orElseThrow();
    GatherReader later =
        GatherReader.builder(
                rig.watched,
                GatherRig.TABLE,
                rig.keys,
                KeySharder.random(2).generation(1).after(KeySharder.none()))
            .clock(rig.time.clock())
            .scheduler(rig.time.scheduler())
            .build();

    assertThat(GatherRig.numbers(rig.await(later.resume(ALL.limit(3), token))))
        .containsExactly(7, 8, 9);
  }

  private static void assertRejected(GatherReader reader, GatherQuery query, String token) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.resume(query, token))
        .withMessageContaining("another query");
  }

  @Test
  void onePageIsReadAtATime() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    Gather gather = rig.reader.read(ALL);
    CompletableFuture<GatherPage> page = gather.next().toCompletableFuture();

    assertThatIllegalStateException().isThrownBy(gather::next).withMessageContaining("one page");
    rig.time.runUntil(page::isDone, Duration.ofSeconds(1));
    assertThat(rig.await(gather).items()).isEmpty();
  }

  /** A client that answers at once, as an iterator needs it that waits on the only thread. */
  private static WatchedClient atOnce(GatherRig rig) {
    return new WatchedClient(
        request ->
            CompletableFuture.completedFuture(
                (QueryResponse) rig.service.execute(request, rig.time.now())));
  }

  @Test
  void anIteratorReadsPagesAsTheyAreNeeded() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(7));
    rig.deal(101);
    WatchedClient client = atOnce(rig);
    GatherReader reader = rig.builder(client).build();
    Iterator<GatheredItem> items = reader.read(ALL.limit(5)).iterator();
    assertThat(client.queries()).isEmpty();

    items.next();
    assertThat(client.queries()).hasSize(7).allMatch(query -> !query.hasExclusiveStartKey());
    for (int i = 1; i < 5; i++) {
      items.next();
    }
    assertThat(client.queries()).hasSize(7);
    int left = 0;
    for (; items.hasNext(); items.next()) {
      left++;
    }
    assertThat(left).isEqualTo(96);
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(items::next);
  }

  @Test
  void aStreamGivesAllInOrder() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(7));
    rig.deal(101);
    GatherReader reader = rig.builder(atOnce(rig)).build();

    assertThat(reader.read(ALL.limit(13)).stream().map(item -> item.item().get("sk").n()))
        .isEqualTo(IntStream.range(0, 101).mapToObj(Integer::toString).toList());
    assertThat(reader.read(ALL.limit(13)).stream().limit(3)).hasSize(3);
  }

  @Test
  void manyShardsThatAnswerAtOnceDoNotExhaustTheStack() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(5_003));
    rig.deal(7_001);
    GatherReader reader = rig.builder(atOnce(rig)).maxInFlightRequests(1).build();

    assertThat(reader.read(ALL.limit(7_001).shardPageSize(1)).stream()).hasSize(7_001);
  }

  @Test
  void whatDoesNotFitTheTableIsRejectedWithoutNamingIt() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    AttributeValue secret = AttributeValue.fromS("s3cret");
    for (GatherQuery query :
        List.of(
            GatherQuery.of(AttributeValue.fromS("")),
            GatherQuery.of(AttributeValue.fromBool(true)),
            GatherQuery.of(GatherRig.bytes(new byte[] {1})),
            ALL.where(SortCondition.atLeast(secret)),
            ALL.where(SortCondition.beginsWith(GatherRig.number(1))),
            ALL.where(SortCondition.between(GatherRig.number(2), GatherRig.number(1))))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> rig.reader.read(query))
          .withMessageNotContaining("s3cret");
    }
    GatherRig unsorted = new GatherRig(3, null, KeySharder.random(3), b -> b);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> unsorted.reader.read(ALL.where(SortCondition.atLeast(secret))))
        .withMessageContaining("table has none");
  }

  @Test
  void settingsOutOfRangeAreRejectedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ALL.limit(0))
        .withMessageContaining("limit is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ALL.shardPageSize(-1))
        .withMessageContaining("shardPageSize is -1");
    assertThatIllegalArgumentException().isThrownBy(ALL::attributes);
    assertThatIllegalArgumentException().isThrownBy(() -> ALL.filter(" ", Map.of(), Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ALL.filter("#sluiceKey = :a", Map.of("#sluiceKey", "a"), Map.of()))
        .withMessageContaining("'#sluiceKey'");
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    for (int requests : new int[] {0, 1_001}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> rig.builder(rig.watched).maxInFlightRequests(requests).build())
          .withMessageContaining("maxInFlightRequests is " + requests);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.builder(rig.watched).requestTimeout(Duration.ZERO).build())
        .withMessageContaining("requestTimeout is PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.builder(rig.watched).readTimeout(Duration.ofHours(2)).build())
        .withMessageContaining("readTimeout is PT2H");
    KeySchema numbers = KeySchema.of("no", ScalarAttributeType.N);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GatherReader.builder(rig.watched, "t", numbers, KeySharder.random(3)))
        .withMessageContaining("'no'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GatherReader.builder(rig.watched, "", rig.keys, KeySharder.random(3)));
  }

  @Test
  void aSchemaThatIsNotTheTablesFailsThePage() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    rig.deal(5);
    KeySchema wrong =
        KeySchema.of("pk", ScalarAttributeType.S).sortedBy("sk", ScalarAttributeType.S);
    GatherReader reader =
        GatherReader.builder(rig.watched, GatherRig.TABLE, wrong, rig.sharder)
            .clock(rig.time.clock())
            .scheduler(rig.time.scheduler())
            .build();

    assertThat(rig.awaitFailure(reader.read(ALL)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'sk'");
  }

  @Test
  void unshardedTablesAreReadToo() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.none());
    rig.deal(7);

    assertThat(GatherRig.numbers(rig.await(rig.reader.read(ALL.limit(3)))))
        .containsExactly(0, 1, 2);
    assertThat(rig.watched.queriesOf(GatherRig.LOGICAL)).isEqualTo(1);
    assertThat(rig.watched.queriesOf(shard(0))).isZero();
  }
}
