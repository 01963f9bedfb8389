package dev.sluice.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writing a claim as an entry of the ledger table, and reading one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ClaimEncodingBenchmark {
  private static final long EXPIRY = 1_764_102_000L;

  /** The shards of the claim's effects: none, one, or three. */
  @Param({"0", "1", "3"})
  private int suffixes;

  private LedgerEntry entry = entry(0);
  private AttributeValue expireAt = AttributeValue.fromN(Long.toString(EXPIRY));
  private Map<String, AttributeValue> item = Map.of();
  private Map<String, AttributeValue> plain = Map.of();

  /** What a textbook ledger keeps. */
  private record PlainEntry(String id, String state, long expiry) {}

  private static LedgerEntry entry(int suffixes) {
    return new LedgerEntry(
        "order-00004711-paid",
        SourcePosition.of("orders", 7, 1_003_211),
        LedgerEntry.Mode.LEDGER,
        Fingerprint.of("put|payments|order-00004711-paid".getBytes(UTF_8)),
        switch (suffixes) {
          case 0 -> List.of(Suffix.NONE);
          case 1 -> List.of(Suffix.parse("0.7"));
          default -> List.of(Suffix.parse("0.7"), Suffix.parse("0.11"), Suffix.parse("0.103"));
        },
        Fingerprint.of("created|customer-4711|1003".getBytes(UTF_8)));
  }

  /** Makes the entry. */
  @Setup
  public void prepare() {
    entry = entry(suffixes);
    expireAt = AttributeValue.fromN(Long.toString(EXPIRY));
    item = LedgerItem.of(entry, EXPIRY);
    plain = plainItem();
  }

  /**
   * For a statement in a batch of claims, whose expiry all have in common.
   *
   * @return the values
   */
  @Benchmark
  public AttributeValue[] parameters() {
    return LedgerItem.parameters(entry, expireAt);
  }

  /**
   * For a conditional put.
   *
   * @return the item
   */
  @Benchmark
  public Map<String, AttributeValue> item() {
    return LedgerItem.of(entry, EXPIRY);
  }

  /**
   * The baseline: what a textbook ledger keeps, which is the id, a state and an expiry.
   *
   * @return the item
   */
  @Benchmark
  public Map<String, AttributeValue> plainItem() {
    Map<String, AttributeValue> plain = new HashMap<>();
    plain.put(LedgerTable.PARTITION_KEY, AttributeValue.fromS(entry.id()));
    plain.put("state", AttributeValue.fromS("COMPLETED"));
    plain.put(LedgerTable.EXPIRY, AttributeValue.fromN(Long.toString(EXPIRY)));
    return plain;
  }

  /**
   * Reads what a claim met.
   *
   * @return the entry
   */
  @Benchmark
  public LedgerEntry parse() {
    return LedgerItem.parse(item);
  }

  /**
   * The baseline of that.
   *
   * @return the entry
   */
  @Benchmark
  public Object plainParse() {
    return new PlainEntry(
        requireNonNull(plain.get(LedgerTable.PARTITION_KEY)).s(),
        requireNonNull(plain.get("state")).s(),
        Long.parseLong(requireNonNull(plain.get(LedgerTable.EXPIRY)).n()));
  }
}
