package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The key schema that a reader was given is not the table's; and the keys that it tells. */
class GatherSchemaTest {
  private static final GatherQuery ALL = GatherQuery.of(GatherRig.LOGICAL);
  private static final KeySchema UNSORTED = KeySchema.of("pk", ScalarAttributeType.S);

  private static GatherReader reader(GatherRig rig, KeySchema keys) {
    return GatherReader.builder(rig.watched, GatherRig.TABLE, keys, rig.sharder)
        .clock(rig.time.clock())
        .random(rig.time.random())
        .scheduler(rig.time.scheduler())
        .build();
  }

  private static void assertRejected(GatherRig rig, KeySchema given, GatherQuery query) {
    assertThat(rig.awaitFailure(reader(rig, given).read(query)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(given.toString());
  }

  @Test
  void aSortKeyThatTheReaderDoesNotKnowOfFailsThePage() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(9));
    rig.deal(900);
    for (int limit : new int[] {1, 3, 100, 400, 899, 900, 10_000}) {
      assertRejected(rig, UNSORTED, ALL.limit(limit));
      assertRejected(rig, UNSORTED, ALL.limit(limit).descending().consistent());
      assertRejected(rig, UNSORTED, ALL.limit(limit).shardPageSize(1));
    }
  }

  @Test
  void whatAFilterLeavesOutHidesNoSortKey() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    rig.deal(31);
    GatherQuery none =
        ALL.filter("attribute_exists(#a)", Map.of("#a", "absent"), Map.of()).shardPageSize(5);

    assertRejected(rig, UNSORTED, none);
  }

  @Test
  void oneItemToAKeyIsReadWithoutASortKey() {
    for (int limit : new int[] {1, 2, 100}) {
      GatherRig rig = new GatherRig(3, null, KeySharder.random(7), builder -> builder);
      for (Suffix suffix : rig.sharder.suffixes()) {
        rig.put(GatherRig.number(0), suffix, Map.of());
      }
      long items =
          rig.awaitAll(rig.reader.read(ALL.limit(limit))).stream()
              .mapToLong(page -> page.items().size())
              .sum();
      assertThat(items).isEqualTo(7);
    }
  }

  @Test
  void anotherSortKeyThanTheTablesFailsThePage() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    for (int i = 0; i < 31; i++) {
      rig.put(
          GatherRig.number(i),
          new Suffix(0, i % 3),
          Map.of("ts", GatherRig.number(1_000 - i), "same", GatherRig.number(7)));
    }
    for (String name : List.of("ts", "same", "absent")) {
      KeySchema wrong = UNSORTED.sortedBy(name, ScalarAttributeType.N);
      for (int limit : new int[] {1, 7, 1_000}) {
        assertRejected(rig, wrong, ALL.limit(limit));
      }
      assertRejected(rig, wrong, ALL.limit(1_000).consistent());
    }
  }

  @Test
  void keysOfAnotherTypeFailThePage() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    rig.deal(31);
    for (ScalarAttributeType type : List.of(ScalarAttributeType.S, ScalarAttributeType.B)) {
      assertThat(rig.awaitFailure(reader(rig, UNSORTED.sortedBy("sk", type)).read(ALL)))
          .isInstanceOf(ConfigurationException.class);
    }
    KeySchema binary =
        KeySchema.of("pk", ScalarAttributeType.B).sortedBy("sk", ScalarAttributeType.N);
    assertThat(
            rig.awaitFailure(
                reader(rig, binary).read(GatherQuery.of(GatherRig.bytes(new byte[] {1})))))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void aTokenDoesNotGoOnInATableWithAnotherSortKey() {
    GatherRig rig = GatherRig.numbered(3, KeySharder.random(3));
    rig.deal(31);
    String token = rig.await(rig.reader.read(ALL.limit(7))).token().orElseThrow();

    for (KeySchema other :
        List.of(
            UNSORTED,
            UNSORTED.sortedBy("other", ScalarAttributeType.N),
            UNSORTED.sortedBy("sk", ScalarAttributeType.S))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> reader(rig, other).resume(ALL.limit(7), token))
          .withMessageContaining("another query");
    }
  }

  /** Every key that a reader tells is one that the table has. */
  @Test
  void theKeyOfAnItemIsItsKeyInTheTable() {
    for (KeySharder sharder :
        List.of(
            KeySharder.none(),
            KeySharder.random(3),
            KeySharder.random(3).after(KeySharder.none()),
            KeySharder.none().after(KeySharder.random(3)),
            KeySharder.calculated(2).generation(4).after(KeySharder.random(3)))) {
      for (ScalarAttributeType type : ScalarAttributeType.knownValues()) {
        GatherRig rig = new GatherRig(3, type, sharder, builder -> builder);
        for (Suffix suffix : sharder.suffixes()) {
          rig.put(sortKey(type), suffix, Map.of());
        }
        assertKeys(rig, ALL, sharder);
      }
      GatherRig unsorted = new GatherRig(3, null, sharder, builder -> builder);
      for (Suffix suffix : sharder.suffixes()) {
        unsorted.put(GatherRig.number(0), suffix, Map.of());
      }
      assertKeys(unsorted, ALL, sharder);
    }
  }

  private static AttributeValue sortKey(ScalarAttributeType type) {
    return switch (type) {
      case N -> AttributeValue.fromN("-1.50");
      case B -> GatherRig.bytes(new byte[] {-1, 0});
      default -> AttributeValue.fromS("s");
    };
  }

  @Test
  void aNumberKeyIsAStringInAShardedTableUnderEveryGeneration() {
    KeySharder sharder = KeySharder.random(3).after(KeySharder.none());
    GatherRig rig = GatherRig.numbered(3, sharder);
    for (String key : List.of("17#0.1", "17")) {
      var unused =
          rig.service.execute(
              PutItemRequest.builder()
                  .tableName(GatherRig.TABLE)
                  .item(Map.of("pk", AttributeValue.fromS(key), "sk", GatherRig.number(1)))
                  .build(),
              rig.time.now());
    }
    for (AttributeValue asked :
        List.of(
            AttributeValue.fromN("17"),
            AttributeValue.fromN("1.7E1"),
            AttributeValue.fromS("17"))) {
      assertKeys(rig, GatherQuery.of(asked), KeySharder.random(1).after(KeySharder.none()));
    }
  }

  private static void assertKeys(GatherRig rig, GatherQuery query, KeySharder sharder) {
    GatherPage page = rig.await(rig.reader.read(query));
    assertThat(page.items()).hasSize(sharder.suffixes().size());
    for (GatheredItem each : page.items()) {
      GetItemResponse found =
          (GetItemResponse)
              rig.service.execute(
                  GetItemRequest.builder().tableName(GatherRig.TABLE).key(each.key()).build(),
                  rig.time.now());
      Map<String, AttributeValue> expected = new HashMap<>(each.item());
      expected.put("pk", each.key().get("pk"));
      assertThat(found.item()).as("%s", each).isEqualTo(expected);
      assertThat(each.key().keySet()).isSubsetOf(Set.of("pk", "sk"));
    }
  }
}
