package dev.sluice;

import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.LocalWorker.Tables;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Outcome;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.fault.RequestView;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What is written arrives, byte for byte, through every request that the writer uses. */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class EffectsIT {
  private final EmbeddedDynamoDb dynamo;

  EffectsIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  private static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
  }

  private static Map<String, AttributeValue> everything(String pk) {
    Map<String, AttributeValue> item = item(pk, 7, "plain");
    item.put("empty", s(""));
    item.put("emptyBytes", bytes());
    item.put("text", s("\"quoted\" \\ \n\t\u0001\u007f\u2028 köln 😀 ' '' ? {} <<1>>"));
    item.put("bytes", bytes(0, 255, 128, 39, 63));
    item.put("number", AttributeValue.fromN("-0.00000123456789012345678901234567890123456"));
    item.put("large", AttributeValue.fromN("9999999999999999999999999999999999999900000"));
    item.put("yes", AttributeValue.fromBool(true));
    item.put("no", AttributeValue.fromBool(false));
    item.put("nothing", AttributeValue.fromNul(true));
    item.put("emptyList", AttributeValue.fromL(List.of()));
    item.put("emptyMap", AttributeValue.fromM(Map.of()));
    item.put("strings", AttributeValue.fromSs(List.of("", "a'b")));
    item.put("numbers", AttributeValue.fromNs(List.of("7")));
    item.put("binaries", AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("x"))));
    item.put(
        "nested",
        AttributeValue.fromL(
            List.of(
                AttributeValue.fromM(Map.of("a'b", AttributeValue.fromL(List.of(s(""))))),
                AttributeValue.fromNul(true),
                AttributeValue.fromSs(List.of("one")))));
    for (String name :
        List.of(
            "select", "VALUE", "it's", "\"q\"", "a b", "a.b", "a[0]", "#n", ":v", "ключ", "?")) {
      item.put(name, s("of " + name));
    }
    return item;
  }

  private static Set<Map<String, AttributeValue>> comparable(
      List<Map<String, AttributeValue>> items) {
    return items.stream()
        .map(
            item -> {
              Map<String, AttributeValue> sorted = new HashMap<>(item);
              sorted.computeIfPresent(
                  "strings",
                  (name, set) -> AttributeValue.fromSs(set.ss().stream().sorted().toList()));
              sorted.computeIfPresent("number", (name, n) -> byValue(n));
              sorted.computeIfPresent("large", (name, n) -> byValue(n));
              return sorted;
            })
        .collect(Collectors.toSet());
  }

  private static AttributeValue byValue(AttributeValue number) {
    return s(new java.math.BigDecimal(number.n()).stripTrailingZeros().toString());
  }

  private static void assertApplied(LocalWorker worker) throws Exception {
    assertThat(worker.outcomes())
        .allSatisfy(o -> assertThat(o).isInstanceOf(Outcome.Applied.class));
  }

  @Test
  void everyTypeAndNameSurvivesABatchOfStatements() throws Exception {
    Tables tables = Tables.create(dynamo);
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.writeAll(
          7, "t/0", i -> Write.event("e" + i).create(tables.plain(), everything("k" + i)));
      assertApplied(worker);

      assertThat(worker.requests("BatchExecuteStatement", tables.plain())).isNotEmpty();
      assertThat(comparable(dynamo.items(tables.plain())))
          .isEqualTo(
              comparable(
                  java.util.stream.IntStream.range(0, 7)
                      .mapToObj(i -> everything("k" + i))
                      .toList()));
    }
  }

  @Test
  void everyTypeAndNameSurvivesASinglePutAndABatchOfPuts() throws Exception {
    Tables tables = Tables.create(dynamo);
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.add("t/0/0", Write.event("e0").create(tables.plain(), everything("k0")));
      assertApplied(worker);
      assertThat(worker.wire.requests("BatchExecuteStatement")).isEmpty();
      worker.add("t/0/1", Write.event("e1").put(tables.plain(), everything("k1")));
      worker.add("t/0/2", Write.event("e2").put(tables.plain(), everything("k2")));
      assertApplied(worker);

      assertThat(comparable(dynamo.items(tables.plain())))
          .isEqualTo(comparable(List.of(everything("k0"), everything("k1"), everything("k2"))));
    }
  }

  @Test
  void keysOfEveryTypeAreCreatedPutAndDeleted() throws Exception {
    Map<KeyAttribute, AttributeValue> keys =
        Map.of(
            KeyAttribute.string("pk"), s("a'b\"ü"),
            KeyAttribute.number("pk"), AttributeValue.fromN("-1.5"),
            KeyAttribute.binary("pk"), bytes(0, 255, 39));
    for (var partition : keys.entrySet()) {
      for (var sort : keys.entrySet()) {
        Tables tables = Tables.create(dynamo);
        String table = tables.plain() + "-typed";
        dynamo.createTable(table, partition.getKey(), new KeyAttribute("sk", sort.getKey().type()));
        Map<String, AttributeValue> key = Map.of("pk", partition.getValue(), "sk", sort.getValue());
        Map<String, AttributeValue> item = new HashMap<>(key);
        item.put("value", s("v"));
        try (LocalWorker worker = LocalWorker.on(tables, b -> b.table(Table.named(table)))) {
          worker.add("t/0/0", Write.event("e0").create(table, item));
          assertApplied(worker);
          assertThat(dynamo.items(table)).containsExactly(item);
          worker.add("t/0/1", Write.event("e1").delete(table, key));
          worker.add("t/0/2", Write.event("e2").put(table, item));
          worker.add("t/0/3", Write.event("e3").delete(table, key));
          assertApplied(worker);
          assertThat(dynamo.items(table)).isEmpty();
        }
      }
    }
  }

  @Test
  void shardedKeysGoWhereTheLedgerSays() throws Exception {
    Tables tables = Tables.create(dynamo);
    String binary = tables.plain() + "-binary";
    dynamo.createTable(binary, KeyAttribute.binary("pk"));
    try (LocalWorker worker =
        LocalWorker.on(tables, b -> b.table(Table.named(binary), KeySharder.calculated(13)))) {
      worker.writeAll(
          23,
          "t/0",
          i ->
              Write.event("e" + i)
                  .create(tables.sharded(), item("hot#" + i, "v" + i))
                  .put(binary, Map.of("pk", bytes(i, 255), "value", s("v" + i))));
      assertApplied(worker);
    }
    List<Map<String, AttributeValue>> all = dynamo.items(tables.sharded());
    assertThat(all).hasSize(23);
    for (Map<String, AttributeValue> claim : tables.claims()) {
      int event = Integer.parseInt(claim.get("id").s().substring("test#e".length()));
      String[] suffixes = claim.get("suffixes").s().split(",", -1);
      assertThat(dynamo.items(tables.sharded()))
          .contains(item("hot#" + event + "#" + suffixes[0], "v" + event));
      byte[] key = SdkBytes.fromUtf8String("xx#" + suffixes[1]).asByteArray();
      key[0] = (byte) event;
      key[1] = (byte) 255;
      assertThat(dynamo.items(binary))
          .contains(
              Map.of(
                  "pk",
                  AttributeValue.fromB(SdkBytes.fromByteArray(key)),
                  "value",
                  s("v" + event)));
    }
  }

  @Test
  void claimsGoOverTheWireConditionallyAndAskForTheOldEntry() throws Exception {
    Tables tables = Tables.create(dynamo);
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.writeAll(
          50, "t/0", i -> Write.event("e" + i).put(tables.plain(), item("k" + i, 1, "v")));
      assertApplied(worker);
      worker.add("t/1/0", Write.event("alone").put(tables.plain(), item("alone", 1, "v")));
      assertApplied(worker);

      List<RequestView> claims = worker.wire.requests("PutItem");
      assertThat(claims)
          .isNotEmpty()
          .allSatisfy(
              claim ->
                  assertThat(claim.body())
                      .contains("\"TableName\":\"" + tables.ledger() + "\"")
                      .contains("\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"")
                      .contains(
                          "attribute_not_exists(#id) OR (#expireAt < :now AND #src <> :mine)"));
      List<RequestView> batches = worker.wire.requests("BatchExecuteStatement");
      assertThat(batches)
          .isNotEmpty()
          .allSatisfy(
              batch ->
                  assertThat(batch.body())
                      .contains("INSERT INTO \\\"" + tables.ledger() + "\\\" VALUE {'id': ?"));
      assertThat(worker.wire.requests("BatchWriteItem")).hasSizeLessThan(50);
      assertThat(worker.wire.requests())
          .hasSize(claims.size() + batches.size() + worker.wire.requests("BatchWriteItem").size());
      assertThat(tables.claims()).hasSize(51);
    }
  }

  @Test
  void theLedgerThatIsMadeByItsOwnRequestWorks() throws Exception {
    LedgerTable ledger = LedgerTable.named("own-ledger").scope("test");
    dynamo.client().createTable(ledger.createTableRequest()).join();
    dynamo.client().updateTimeToLive(ledger.timeToLiveRequest()).join();
    Tables tables = Tables.create(dynamo);
    try (LocalWorker worker = LocalWorker.on(tables, b -> b.ledger(ledger))) {
      worker.add("t/0/0", Write.event("e").put(tables.plain(), item("k", 1, "v")));
      assertApplied(worker);
    }
    assertThat(dynamo.items("own-ledger")).hasSize(1);
  }
}
