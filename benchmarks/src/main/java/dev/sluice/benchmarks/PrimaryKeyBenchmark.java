package dev.sluice.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.sluice.item.PrimaryKey;
import dev.sluice.item.TableWithKeys;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.infra.Blackhole;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Taking the key out of an item, and comparing two keys that are equal, hash first. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class PrimaryKeyBenchmark {
  /** What the key is made of. */
  public enum Shape {
    /** One string. */
    S,
    /** One number. */
    N,
    /** 16 bytes. */
    B,
    /** A string, and a number to sort by. */
    S_AND_N
  }

  /** The key. */
  @Param private Shape shape = Shape.S;

  private TableWithKeys table = table(Shape.S);
  private Map<String, AttributeValue> item = Map.of();
  private PrimaryKey one = new PrimaryKey("", "", null);
  private PrimaryKey other = new PrimaryKey("", "", null);
  private String oneText = "";
  private String otherText = "";

  private static TableWithKeys table(Shape shape) {
    KeySchema schema =
        switch (shape) {
          case S -> KeySchema.of("id", ScalarAttributeType.S);
          case N -> KeySchema.of("number", ScalarAttributeType.N);
          case B -> KeySchema.of("binary", ScalarAttributeType.B);
          case S_AND_N ->
              KeySchema.of("id", ScalarAttributeType.S).sortedBy("number", ScalarAttributeType.N);
        };
    return new TableWithKeys(Table.named("payments"), schema);
  }

  private static Map<String, AttributeValue> newItem() {
    Map<String, AttributeValue> item = new HashMap<>();
    // Objects of its own each time, as two events have them.
    item.put("id", AttributeValue.fromS(copy("order-4711-paid")));
    item.put("number", AttributeValue.fromN(copy("1764102000123")));
    item.put("binary", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[16])));
    return item;
  }

  private static String copy(String text) {
    return String.valueOf(text.toCharArray());
  }

  /** Makes the keys. */
  @Setup(Level.Trial)
  public void prepare() {
    table = table(shape);
    item = newItem();
    one = PrimaryKey.of(table, item);
    other = PrimaryKey.of(table, newItem());
    oneText = textOf(item);
    otherText = textOf(newItem());
  }

  /**
   * Takes the key out.
   *
   * @return the key
   */
  @Benchmark
  public PrimaryKey of() {
    return PrimaryKey.of(table, item);
  }

  /**
   * The baseline: one text of all parts, which takes different keys for one.
   *
   * @return the text
   */
  @Benchmark
  public String textOf() {
    return textOf(item);
  }

  private String textOf(Map<String, AttributeValue> of) {
    AttributeValue partition = of.get(table.partitionKey());
    String sortKey = table.sortKey();
    return sortKey == null ? text(partition) : text(partition) + '#' + text(of.get(sortKey));
  }

  private static String text(@Nullable AttributeValue value) {
    requireNonNull(value, "value");
    return switch (value.type()) {
      case S -> value.s();
      case N -> value.n();
      default -> value.b().asUtf8String();
    };
  }

  /**
   * Compares as a hash table does.
   *
   * @param sink takes the results
   */
  @Benchmark
  public void hashAndEquals(Blackhole sink) {
    sink.consume(one.hashCode() == other.hashCode() && one.equals(other));
  }

  /**
   * The baseline: texts.
   *
   * @param sink takes the results
   */
  @Benchmark
  public void hashAndEqualsOfTexts(Blackhole sink) {
    sink.consume(oneText.hashCode() == otherText.hashCode() && oneText.equals(otherText));
  }
}
