package dev.sluice.examples.earthquakes;

import dev.sluice.shard.KeySharder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads one network's earthquakes back: a query for each of its shards, merged by time. */
final class NetworkReport {
  private final String network;
  private final Map<String, Integer> byShard = new TreeMap<>();
  private final List<Map<String, AttributeValue>> inOrder = new ArrayList<>();

  private NetworkReport(String network) {
    this.network = network;
  }

  static NetworkReport read(DynamoDbAsyncClient dynamo, KeySharder sharder, String network) {
    NetworkReport report = new NetworkReport(network);
    for (AttributeValue key : sharder.physicalKeys(AttributeValue.fromS(network))) {
      List<Map<String, AttributeValue>> shard = new ArrayList<>();
      dynamo
          .queryPaginator(
              query ->
                  query
                      .tableName(EarthquakeTables.EARTHQUAKES)
                      .keyConditionExpression("#net = :net")
                      .expressionAttributeNames(Map.of("#net", EarthquakeTables.NETWORK))
                      .expressionAttributeValues(Map.of(":net", key))
                      .consistentRead(true))
          .items()
          .subscribe(shard::add)
          .join();
      report.byShard.put(key.s(), shard.size());
      report.inOrder.addAll(shard);
    }
    report.inOrder.sort(Comparator.comparing(item -> text(item, EarthquakeTables.TIME_AND_ID)));
    return report;
  }

  List<Map<String, AttributeValue>> inOrder() {
    return inOrder;
  }

  void print(Display display, int last) {
    display.heading(
        "Network '%s', read back over its %d shards in the order of time: %d earthquakes"
            .formatted(network, byShard.size(), inOrder.size()));
    StringBuilder shards = new StringBuilder("  by shard:");
    byShard.forEach((key, count) -> shards.append("  ").append(key).append(' ').append(count));
    display.say(shards.toString());
    display.say("  by day:");
    Map<String, Integer> byDay = new TreeMap<>();
    inOrder.forEach(
        item ->
            byDay.merge(
                text(item, EarthquakeTables.TIME_AND_ID).substring(0, 10), 1, Integer::sum));
    byDay.forEach(
        (day, count) ->
            display.say(
                String.format(Locale.ROOT, "    %s %4d %s", day, count, "#".repeat(count / 2))));
    display.say("  the last " + last + ":");
    inOrder
        .subList(Math.max(0, inOrder.size() - last), inOrder.size())
        .forEach(
            item ->
                display.say(
                    String.format(
                        Locale.ROOT,
                        "    %-24s  magnitude %-5s %s",
                        text(item, EarthquakeTables.TIME_AND_ID).split("#", 2)[0],
                        number(item, "magnitude"),
                        text(item, "place"))));
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? "" : value.s();
  }

  private static String number(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? "-" : value.n();
  }
}
