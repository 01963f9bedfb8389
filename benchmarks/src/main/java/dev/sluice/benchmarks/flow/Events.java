package dev.sluice.benchmarks.flow;

import dev.sluice.model.Write;
import java.util.Map;
import java.util.function.LongFunction;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Events that put one item each. */
final class Events {
  private Events() {}

  /**
   * Events of items of a size.
   *
   * @param name their ids begin with it
   * @param key the partition key of each number
   * @param payload the bytes of the item's text
   */
  static LongFunction<Write> of(String name, LongFunction<String> key, int payload) {
    // One text for all: a simulated table keeps the items, and need not keep their bytes.
    AttributeValue text = AttributeValue.fromS("x".repeat(payload));
    return number -> {
      String id = name + '-' + number;
      return Write.event(id)
          .put(
              Rig.TABLE,
              Map.of(
                  "pk", AttributeValue.fromS(key.apply(number)),
                  "sk", AttributeValue.fromS(id),
                  "v", text));
    };
  }

  /** Keys that follow each other in turn, as many as there are. */
  static LongFunction<String> keys(String name, int count) {
    return number -> name + number % count;
  }
}
