package dev.sluice.examples.earthquakes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kafka.record.DeadLetterHeaders;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What became of the input, found by comparing it with the table and the topics, and with nothing
 * that the library says.
 *
 * @param events distinct events in the input
 * @param applied distinct events in the table, with the content of the input
 * @param duplicates usable records in the topic beyond the first of each event
 * @param deadLetters records that the dead-letter topic holds, each counted once
 * @param repeatedDeadLetters dead letters beyond the first of each record: like every record, one
 *     that was dead-lettered comes again if its reader dies before it has committed
 * @param lost events of the input that are neither in the table nor dead-lettered
 * @param doubled items in the table beyond the first of each event
 * @param wrong items in the table that are not as in the input
 */
record Verdict(
    int events,
    int applied,
    int duplicates,
    int deadLetters,
    int repeatedDeadLetters,
    int lost,
    int doubled,
    int wrong) {

  static Verdict of(
      List<Earthquake> input,
      List<ConsumerRecord<byte[], byte[]>> published,
      List<ConsumerRecord<byte[], byte[]>> deadLetters,
      List<Map<String, AttributeValue>> items) {
    Map<String, Earthquake> expected = new HashMap<>();
    input.forEach(earthquake -> expected.put(earthquake.id(), earthquake));
    Map<String, Integer> found = new TreeMap<>();
    int wrong = 0;
    for (Map<String, AttributeValue> item : items) {
      String id = text(item.get("id"));
      found.merge(id, 1, Integer::sum);
      Earthquake original = expected.get(id);
      if (original == null || !isSame(original.toItem(), item)) {
        wrong++;
      }
    }
    Set<String> lost = new HashSet<>(expected.keySet());
    lost.removeAll(found.keySet());
    int usable = (int) published.stream().filter(r -> isUsable(r, expected.keySet())).count();
    int doubled = found.values().stream().mapToInt(copies -> copies - 1).sum();
    int letters = (int) deadLetters.stream().map(Verdict::source).distinct().count();
    return new Verdict(
        expected.size(),
        found.size(),
        usable - expected.size(),
        letters,
        deadLetters.size() - letters,
        lost.size(),
        doubled,
        wrong);
  }

  /** The same but for the suffix of the partition key. */
  private static boolean isSame(
      Map<String, AttributeValue> original, Map<String, AttributeValue> item) {
    Map<String, AttributeValue> logical = new HashMap<>(item);
    logical.put(EarthquakeTables.NETWORK, original.get(EarthquakeTables.NETWORK));
    String physical = text(item.get(EarthquakeTables.NETWORK));
    return original.equals(logical)
        && physical.startsWith(text(original.get(EarthquakeTables.NETWORK)) + "#");
  }

  private static boolean isUsable(ConsumerRecord<byte[], byte[]> record, Set<String> ids) {
    try {
      return record.value() != null && ids.contains(Earthquake.parse(record.value()).id());
    } catch (IOException e) {
      return false;
    }
  }

  private static String source(ConsumerRecord<byte[], byte[]> letter) {
    Header source = letter.headers().lastHeader(DeadLetterHeaders.SOURCE);
    return source == null ? "" : new String(source.value(), UTF_8);
  }

  private static String text(@Nullable AttributeValue value) {
    return value == null ? "" : value.s();
  }

  /** {@return whether everything is in its place, once} */
  boolean holds() {
    return lost == 0
        && doubled == 0
        && wrong == 0
        && applied == events
        && deadLetters == AtLeastOnceProducer.MALFORMED;
  }

  /** {@return the demo's last line} */
  String resultLine() {
    return "RESULT events=%d applied=%d duplicates=%d dead_letters=%d lost=%d doubled=%d"
        .formatted(events, applied, duplicates, deadLetters, lost, doubled);
  }
}
