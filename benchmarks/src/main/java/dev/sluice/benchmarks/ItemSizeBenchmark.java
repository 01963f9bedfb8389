package dev.sluice.benchmarks;

import dev.sluice.item.ItemSize;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Measuring and checking an item. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ItemSizeBenchmark {
  /** What is measured. */
  public enum Shape {
    /** A key and a number. */
    SMALL,
    /** Five attributes, of which one is long: 700 bytes. */
    BYTES_700,
    /** Lists and maps four deep, with a number, a text and a flag in each. */
    NESTED
  }

  /** The item. */
  @Param private Shape shape = Shape.SMALL;

  private Map<String, AttributeValue> item = Map.of();

  /** Makes the item. */
  @Setup(Level.Trial)
  public void prepare() {
    item = new HashMap<>();
    item.put("id", AttributeValue.fromS("order-4711-paid"));
    item.put("amount", AttributeValue.fromN("1001"));
    if (shape == Shape.BYTES_700) {
      item.put("status", AttributeValue.fromS("created"));
      item.put("customer", AttributeValue.fromS("customer-4711"));
      item.put("payload", AttributeValue.fromS("x".repeat(630)));
    } else if (shape == Shape.NESTED) {
      item.put("nested", nested(4));
    }
  }

  private static AttributeValue nested(int depth) {
    if (depth == 0) {
      return AttributeValue.fromS("leaf");
    }
    AttributeValue inner = nested(depth - 1);
    return AttributeValue.fromM(
        Map.of(
            "number", AttributeValue.fromN("-12.5"),
            "text", AttributeValue.fromS("köln"),
            "flag", AttributeValue.fromBool(true),
            "list", AttributeValue.fromL(List.of(inner, inner))));
  }

  /**
   * What Sluice does: both sizes, and all checks, in one pass.
   *
   * @return the sizes
   */
  @Benchmark
  public ItemSize itemSize() {
    return ItemSize.of(item);
  }

  /**
   * The baseline: the stored size only, by encoding every text, and nothing checked.
   *
   * @return the size
   */
  @Benchmark
  public long encodingEachText() {
    return encoded(item);
  }

  private static long encoded(Map<String, AttributeValue> map) {
    long bytes = 0;
    for (Map.Entry<String, AttributeValue> attribute : map.entrySet()) {
      bytes += utf8(attribute.getKey()) + encoded(attribute.getValue());
    }
    return bytes;
  }

  private static long encoded(AttributeValue value) {
    switch (value.type()) {
      case S -> {
        return utf8(value.s());
      }
      case N -> {
        return (value.n().length() + 1L) / 2 + 1;
      }
      case M -> {
        return 3 + value.m().size() + encoded(value.m());
      }
      case L -> {
        long bytes = 3;
        for (AttributeValue element : value.l()) {
          bytes += 1 + encoded(element);
        }
        return bytes;
      }
      default -> {
        return 1;
      }
    }
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
