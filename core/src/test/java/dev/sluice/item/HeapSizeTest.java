package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.GraphLayout;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** B27: the heap that items hold, against the layout of the objects that they are made of. */
class HeapSizeTest {
  private static final int ITEMS = 6;

  /** What one of several items holds, beside the objects that all of them share. */
  private static double held(List<Map<String, AttributeValue>> items) {
    long one = GraphLayout.parseInstance(items.get(0)).totalSize();
    long all = GraphLayout.parseInstance(items.toArray()).totalSize();
    return (all - one) / (ITEMS - 1.0);
  }

  private static Arguments shape(String name, int size, IntFunction<AttributeValue> value) {
    return Arguments.of(name, size, value);
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        shape("tiny numbers", 1_000, i -> AttributeValue.fromN(Integer.toString(i % 10))),
        shape("tiny texts", 1_000, i -> AttributeValue.fromS("v" + i)),
        shape("booleans", 300, i -> AttributeValue.fromBool(true)),
        shape("nulls", 300, i -> AttributeValue.fromNul(true)),
        shape("texts of 100", 50, i -> AttributeValue.fromS(i + "x".repeat(100))),
        shape("one long text", 1, i -> AttributeValue.fromS("x".repeat(100_000))),
        shape("Cyrillic texts", 50, i -> AttributeValue.fromS(i + "\u0416".repeat(100))),
        shape("accented texts", 50, i -> AttributeValue.fromS(i + "\u00e9".repeat(100))),
        shape("long numbers", 50, i -> AttributeValue.fromN("1." + "1".repeat(36) + i % 10)),
        shape(
            "small binaries",
            100,
            i -> AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {(byte) i}))),
        shape(
            "one large binary",
            1,
            i -> AttributeValue.fromB(SdkBytes.fromByteArray(new byte[200_000]))),
        shape(
            "lists of numbers",
            10,
            i ->
                AttributeValue.fromL(
                    IntStream.range(0, 50)
                        .mapToObj(n -> AttributeValue.fromN(Integer.toString(n)))
                        .toList())),
        shape("empty lists", 100, i -> AttributeValue.fromL(new ArrayList<>())),
        shape("empty maps", 100, i -> AttributeValue.fromM(new HashMap<>())),
        shape(
            "maps",
            10,
            i -> {
              Map<String, AttributeValue> map = new HashMap<>();
              for (int n = 0; n < 20; n++) {
                map.put("m" + n, AttributeValue.fromS("value " + n));
              }
              return AttributeValue.fromM(map);
            }),
        shape(
            "maps of one",
            50,
            i -> AttributeValue.fromM(new HashMap<>(Map.of("m", AttributeValue.fromN("1"))))),
        shape(
            "sets of texts",
            10,
            i -> AttributeValue.fromSs(IntStream.range(0, 40).mapToObj(n -> "s" + n).toList())),
        shape(
            "sets of numbers",
            10,
            i ->
                AttributeValue.fromNs(
                    IntStream.range(0, 40).mapToObj(n -> Integer.toString(n * 17)).toList())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void isEstimatedWithinAHalf(String shape, int size, IntFunction<AttributeValue> value) {
    for (boolean shared : new boolean[] {true, false}) {
      List<String> names = names(size);
      List<Map<String, AttributeValue>> items = new ArrayList<>();
      for (int n = 0; n < ITEMS; n++) {
        List<String> own = shared ? names : names(size);
        Map<String, AttributeValue> item = new HashMap<>();
        for (int i = 0; i < size; i++) {
          item.put(own.get(i), value.apply(i));
        }
        items.add(Map.copyOf(item));
      }
      double held = held(items);
      double estimated = ItemSize.of(items.get(1)).heap();

      assertThat(estimated / held)
          .as("%s, %s names: %s by estimate, held %s", shape, shared, estimated, held)
          .isBetween(1 / 1.5, 1.5);
    }
  }

  private static List<String> names(int size) {
    return IntStream.range(0, size).mapToObj(i -> new String("attr" + i)).toList();
  }
}
