package dev.sluice.benchmarks;

import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Choosing a shard for an event, and putting it on a key. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class KeySharderBenchmark {
  private final KeySharder random = KeySharder.random(101);
  private final KeySharder calculated = KeySharder.calculated(101);
  private final SplittableRandom generator = new SplittableRandom(7);
  private final AttributeValue logicalKey = AttributeValue.fromS("network-17");
  private final Suffix suffix = new Suffix(0, 17);
  private String eventId = "order-4711-paid";

  /**
   * Draws a shard.
   *
   * @return the suffix
   */
  @Benchmark
  public Suffix random() {
    return random.suffixFor(eventId, generator);
  }

  /**
   * Calculates a shard from an event id of 15 characters.
   *
   * @return the suffix
   */
  @Benchmark
  public Suffix calculated() {
    return calculated.suffixFor(eventId, generator);
  }

  /**
   * Puts a suffix on a string key.
   *
   * @return the physical key
   */
  @Benchmark
  public AttributeValue physicalKey() {
    return PhysicalKey.join(logicalKey, suffix);
  }

  /**
   * The baseline: a random number.
   *
   * @return the number
   */
  @Benchmark
  public int plainRandom() {
    return generator.nextInt(101);
  }

  /**
   * The baseline: the JDK's hash, which spreads worse. A text of its own each time, since a text
   * remembers its hash.
   *
   * @return the number
   */
  @Benchmark
  public int plainHash() {
    return Math.floorMod(String.valueOf(eventId.toCharArray()).hashCode(), 101);
  }

  /**
   * The baseline: two texts joined.
   *
   * @return the physical key
   */
  @Benchmark
  public AttributeValue plainKey() {
    return AttributeValue.fromS(logicalKey.s() + "#0." + suffix.shard());
  }
}
