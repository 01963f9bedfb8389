package dev.sluice.testkit.simulated.throughput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.RequestLimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;

class AdmissionTest {

  private static final long SECOND = 1_000_000_000;

  private final Admission admission = new Admission();

  private static Charge write(Object key, double units) {
    return new Charge("t", key, UnitKind.WRITE, units);
  }

  /** How many single units go through when they are tried a thousand times a second. */
  private int goThrough(int seconds, long from, List<String> keys) {
    int through = 0;
    for (int i = 0; i < seconds * 1_000; i++) {
      for (var key : keys) {
        if (admission.take(write(key, 10), from + i * (SECOND / 1_000)) == null) {
          through += 10;
        }
      }
    }
    return through;
  }

  @Test
  void nothingIsThrottledUnlessALimitIsSet() {
    assertThat(admission.take(write("key", 1e9), 0)).isNull();
  }

  @Test
  void aPartitionTakesAThousandWriteUnitsASecond() {
    admission.limit("t", Throughput.onDemand(1).withBurst(Duration.ofSeconds(1)), 0);

    assertThat(goThrough(20, 0, List.of("key"))).isCloseTo(21_000, within(20));
  }

  @Test
  void burstCreditIsSpentFirst() {
    admission.limit("t", Throughput.onDemand(1), 0);

    assertThat(goThrough(10, 0, List.of("key"))).isEqualTo(100_000);
    assertThat(goThrough(40, 10 * SECOND, List.of("key"))).isCloseTo(250_000, within(20));
  }

  @Test
  void keysAreSpreadOverThePartitions() {
    admission.limit("t", Throughput.onDemand(100).withBurst(Duration.ofSeconds(1)), 0);
    var keys = IntStream.range(0, 1_000).mapToObj(i -> "key" + i).toList();

    assertThat(goThrough(1, 0, keys)).isBetween(195_000, 200_100);
    assertThat(goThrough(1, SECOND, List.of("key1"))).isBetween(990, 2_010);
  }

  @Test
  void theTableHasALimitOfItsOwn() {
    admission.limit("t", Throughput.provisioned(100, 500, 500).withBurst(Duration.ofSeconds(1)), 0);
    var keys = IntStream.range(0, 100).mapToObj(i -> "key" + i).toList();

    assertThat(goThrough(4, 0, keys)).isCloseTo(2_500, within(20));
    assertThat(goThrough(1, 4 * SECOND, keys)).isCloseTo(500, within(20));
  }

  @Test
  void throttlesSayWhoseLimitItWas() {
    admission.limit("t", Throughput.onDemand(1).withBurst(Duration.ofSeconds(1)), 0);
    admission.take(write("key", 1_000), 0);
    var hot = admission.take(write("key", 1), 0);
    assertThat(hot.exception()).isInstanceOf(ThrottlingException.class);
    assertThat(hot.reason().reason()).isEqualTo("TableWriteKeyRangeThroughputExceeded");
    assertThat(hot.reason().resource()).endsWith("table/t");

    admission.limit(
        "t", Throughput.provisioned(1, 10, 10).withBurst(Duration.ofSeconds(1)), 100 * SECOND);
    admission.take(write("key", 10), 200 * SECOND);
    var table = admission.take(write("key", 1), 200 * SECOND);
    assertThat(table.exception()).isInstanceOf(ProvisionedThroughputExceededException.class);
    assertThat(table.reason().reason()).isEqualTo("TableWriteProvisionedThroughputExceeded");

    admission.limitAccount(Throughput.onDemand(1).withTableUnits(1, 1), 300 * SECOND);
    admission.take(write("key", 300), 300 * SECOND);
    var account = admission.take(new Charge("u", "key", UnitKind.WRITE, 300), 300 * SECOND);
    assertThat(account.exception()).isInstanceOf(RequestLimitExceededException.class);
    assertThat(account.reason().reason()).isEqualTo("TableWriteAccountLimitExceeded");
  }

  @Test
  void readsAndWritesAreLimitedApart() {
    admission.limit("t", Throughput.onDemand(1).withBurst(Duration.ofSeconds(1)), 0);
    admission.take(write("key", 1_000), 0);

    assertThat(admission.take(new Charge("t", "key", UnitKind.READ, 3_000), 0)).isNull();
    assertThat(admission.take(new Charge("t", "key", UnitKind.READ, 1), 0)).isNotNull();
  }

  @Test
  void aRefusedGroupCostsNothing() {
    admission.limit("t", Throughput.onDemand(1).withBurst(Duration.ofSeconds(1)), 0);

    assertThat(admission.take(List.of(write("key", 900), write("key", 200)), 0)).isNotNull();

    assertThat(admission.take(write("key", 1_000), 0)).isNull();
    assertThat(admission.usage("t").writeUnits()).isEqualTo(1_000);
    assertThat(admission.usage("t").throttledWriteUnits()).isEqualTo(200);
  }

  @Test
  void capacityCanChangeWhileCreditStays() {
    var once = Throughput.provisioned(100, 100, 100).withBurst(Duration.ofSeconds(10));
    admission.limit("t", once, 0);
    admission.take(write("key", 1_000), 0);

    admission.limit("t", once.withTableUnits(200, 200), 0);

    assertThat(admission.take(write("key", 1), 0)).isNotNull();
    assertThat(admission.take(write("key", 200), SECOND)).isNull();
  }

  @Test
  void whatIsDearerThanAFullBucketGoesThroughAndLeavesADebt() {
    admission.limit("t", Throughput.provisioned(1, 10, 10).withBurst(Duration.ofSeconds(1)), 0);

    assertThat(admission.take(write("key", 100), 0)).isNull();
    assertThat(admission.take(write("key", 1), 9 * SECOND)).isNotNull();
    assertThat(admission.take(write("key", 1), 10 * SECOND)).isNull();
  }
}
