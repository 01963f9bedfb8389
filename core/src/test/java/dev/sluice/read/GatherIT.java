package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A gather read on DynamoDB Local: its order, its conditions and its tokens are the service's. */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class GatherIT {
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final AttributeValue LOGICAL = AttributeValue.fromS("c#i");
  private static final GatherQuery ALL = GatherQuery.of(LOGICAL).consistent();
  private static final int ITEMS = 211;

  private final EmbeddedDynamoDb dynamo;
  private final String table = "gather-" + NUMBERS.incrementAndGet();

  GatherIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  private GatherReader reader(KeySchema keys, KeySharder sharder) {
    return GatherReader.builder(dynamo.client(), table, keys, sharder).build();
  }

  private void put(AttributeValue physicalKey, AttributeValue sortKey, int number) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", physicalKey);
    item.put("sk", sortKey);
    item.put("n", AttributeValue.fromN(Integer.toString(number)));
    item.put("odd", AttributeValue.fromBool(number % 2 == 1));
    var unused = dynamo.client().putItem(put -> put.tableName(table).item(item)).join();
  }

  /** Items whose sort keys ascend with their numbers, on shards at random. */
  private GatherReader table(ScalarAttributeType type, IntFunction<AttributeValue> sortKey) {
    KeyAttribute attribute =
        switch (type) {
          case N -> KeyAttribute.number("sk");
          case B -> KeyAttribute.binary("sk");
          default -> KeyAttribute.string("sk");
        };
    dynamo.createTable(table, KeyAttribute.string("pk"), attribute);
    KeySharder sharder =
        KeySharder.random(5).generation(1).after(KeySharder.random(3)).after(KeySharder.none());
    List<Suffix> suffixes = sharder.suffixes();
    SplittableRandom random = new SplittableRandom(47);
    for (int i = 0; i < ITEMS; i++) {
      // The last shard stays empty.
      Suffix suffix = suffixes.get(random.nextInt(suffixes.size() - 1));
      put(PhysicalKey.join(LOGICAL, suffix), sortKey.apply(i), i);
    }
    return reader(KeySchema.of("pk", ScalarAttributeType.S).sortedBy("sk", type), sharder);
  }

  private static AttributeValue text(int number) {
    // Behind one another as UTF-8, though not as Java compares strings.
    String beyond = number < ITEMS / 2 ? "\uffee" : "😀";
    return AttributeValue.fromS("%s%04d".formatted(beyond, number));
  }

  private static AttributeValue number(int number) {
    return AttributeValue.fromN(Integer.toString(number * 7 - 700) + ".5E-1");
  }

  private static AttributeValue binary(int number) {
    return AttributeValue.fromB(
        SdkBytes.fromByteArray(new byte[] {(byte) number, (byte) 0x80, (byte) (number >> 8)}));
  }

  private static List<Integer> numbers(List<GatheredItem> items) {
    return items.stream().map(item -> Integer.parseInt(item.item().get("n").n())).toList();
  }

  private static GatherPage next(Gather gather) throws Exception {
    return gather.next().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void assertPlainSort(GatherReader reader) throws Exception {
    List<Integer> up = IntStream.range(0, ITEMS).boxed().toList();
    List<Integer> down = new ArrayList<>(up);
    Collections.reverse(down);

    assertThat(numbers(reader.read(ALL.limit(31)).stream().toList())).isEqualTo(up);
    assertThat(numbers(reader.read(ALL.descending().shardPageSize(3)).stream().toList()))
        .isEqualTo(down);
    assertThat(resumedAtEveryPage(reader, ALL.limit(13).shardPageSize(2))).isEqualTo(up);
    assertThat(resumedAtEveryPage(reader, ALL.limit(13).descending())).isEqualTo(down);
  }

  private static List<Integer> resumedAtEveryPage(GatherReader reader, GatherQuery query)
      throws Exception {
    GatherPage page = next(reader.read(query));
    List<Integer> numbers = new ArrayList<>(numbers(page.items()));
    while (page.token().isPresent()) {
      page = next(reader.resume(query, page.token().orElseThrow()));
      numbers.addAll(numbers(page.items()));
    }
    return numbers;
  }

  @Test
  void stringsComeInTheServicesOrder() throws Exception {
    assertPlainSort(table(ScalarAttributeType.S, GatherIT::text));
  }

  @Test
  void numbersComeInTheServicesOrder() throws Exception {
    assertPlainSort(table(ScalarAttributeType.N, GatherIT::number));
  }

  @Test
  void binaryComesInTheServicesOrder() throws Exception {
    assertPlainSort(table(ScalarAttributeType.B, GatherIT::binary));
  }

  @Test
  void conditionsFiltersAndAttributesAreTheServices() throws Exception {
    GatherReader reader = table(ScalarAttributeType.N, GatherIT::number);
    GatherQuery query =
        ALL.where(SortCondition.between(number(20), number(29)))
            .filter("#o = :yes", Map.of("#o", "odd"), Map.of(":yes", AttributeValue.fromBool(true)))
            .limit(3)
            .shardPageSize(2)
            .attributes("n");

    assertThat(resumedAtEveryPage(reader, query)).containsExactly(21, 23, 25, 27, 29);
    assertThat(next(reader.read(query)).items())
        .allSatisfy(item -> assertThat(item.item()).containsOnlyKeys("pk", "sk", "n"))
        .allSatisfy(item -> assertThat(item.item()).containsEntry("pk", LOGICAL));
    assertThat(numbers(next(reader.read(ALL.where(SortCondition.atMost(number(2))))).items()))
        .containsExactly(0, 1, 2);
    assertThat(
            numbers(
                next(reader.read(ALL.where(SortCondition.lessThan(number(2))).descending()))
                    .items()))
        .containsExactly(1, 0);
  }

  @Test
  void prefixesAreTheServices() throws Exception {
    GatherReader reader = table(ScalarAttributeType.S, GatherIT::text);
    SortCondition prefix = SortCondition.beginsWith(AttributeValue.fromS("\uffee003"));

    assertThat(resumedAtEveryPage(reader, ALL.where(prefix).limit(3)))
        .isEqualTo(IntStream.range(30, 40).boxed().toList());
  }

  @Test
  void binaryKeysAreShardedAndReadBack() throws Exception {
    dynamo.createTable(table, KeyAttribute.binary("pk"), KeyAttribute.number("sk"));
    KeySharder sharder = KeySharder.calculated(7);
    AttributeValue logical =
        AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, '#', (byte) 0xff}));
    for (int i = 0; i < 31; i++) {
      Suffix suffix = sharder.suffixFor("e" + i, new SplittableRandom(1));
      put(PhysicalKey.join(logical, suffix), AttributeValue.fromN("" + i), i);
    }
    GatherReader reader =
        reader(
            KeySchema.of("pk", ScalarAttributeType.B).sortedBy("sk", ScalarAttributeType.N),
            sharder);

    assertThat(resumedAtEveryPage(reader, GatherQuery.of(logical).consistent().limit(7)))
        .isEqualTo(IntStream.range(0, 31).boxed().toList());
  }

  @Test
  void withoutASortKeyItemsComeByShard() throws Exception {
    dynamo.createTable(table, KeyAttribute.string("pk"));
    KeySharder sharder = KeySharder.random(11);
    for (int i = 0; i < 11; i += 2) {
      AttributeValue key = PhysicalKey.join(LOGICAL, new Suffix(0, i));
      put(key, AttributeValue.fromN("0"), i);
    }
    GatherReader reader = reader(KeySchema.of("pk", ScalarAttributeType.S), sharder);

    assertThat(resumedAtEveryPage(reader, ALL.limit(1))).containsExactly(0, 2, 4, 6, 8, 10);
    assertThat(resumedAtEveryPage(reader, ALL.limit(4).descending()))
        .containsExactly(10, 8, 6, 4, 2, 0);
  }

  @Test
  void aSortKeyThatTheReaderDoesNotKnowOfFailsThePage() {
    GatherReader sorted = table(ScalarAttributeType.N, GatherIT::number);
    GatherReader unsorted =
        reader(KeySchema.of("pk", ScalarAttributeType.S), KeySharder.random(5).generation(1));

    assertThat(sorted.read(ALL).stream()).hasSize(ITEMS);
    for (int limit : new int[] {1, 7, 1_000}) {
      assertThatThrownBy(() -> unsorted.read(ALL.limit(limit)).iterator().hasNext())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(table);
    }
  }

  @Test
  void anItemIsDeletedByTheKeyThatItTells() {
    GatherReader reader = table(ScalarAttributeType.N, GatherIT::number);
    for (GatheredItem item : reader.read(ALL.limit(31)).stream().toList()) {
      var unused = dynamo.client().deleteItem(d -> d.tableName(table).key(item.key())).join();
    }

    assertThat(dynamo.client().scan(scan -> scan.tableName(table)).join().items()).isEmpty();
  }

  @Test
  void manyReadingsAtATimeDoNotDisturbEachOther() throws Exception {
    GatherReader reader = table(ScalarAttributeType.N, GatherIT::number);
    List<CompletableFuture<GatherPage>> pages = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      pages.add(reader.read(ALL.limit(101).shardPageSize(1 + i)).next().toCompletableFuture());
    }
    for (CompletableFuture<GatherPage> page : pages) {
      assertThat(numbers(page.get(60, TimeUnit.SECONDS).items()))
          .isEqualTo(IntStream.range(0, 101).boxed().toList());
    }
  }

  @Test
  void whatTheServiceRejectsFailsByItsKind() {
    dynamo.createTable(table, KeyAttribute.string("pk"));
    KeySchema wrong =
        KeySchema.of("pk", ScalarAttributeType.S).sortedBy("at", ScalarAttributeType.S);
    GatherQuery query = ALL.where(SortCondition.atLeast(AttributeValue.fromS("s3cret")));

    assertThatThrownBy(() -> reader(wrong, KeySharder.random(3)).read(query).iterator().hasNext())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(table)
        .hasMessageNotContaining("s3cret");
    dynamo.deleteTable(table);
    assertThatThrownBy(() -> reader(wrong, KeySharder.random(3)).read(query).iterator().hasNext())
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("create it");
  }
}
