package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sluice.fake.FakeDynamoDb;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Duplicates;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A bad setting gives one message that names it, its value and what is allowed. */
class BuilderSettingsTest {
  private static final Duration CENTURIES = Duration.ofDays(300 * 365);
  private static final Table PLAIN =
      Table.named("plain").keys(KeySchema.of("pk", ScalarAttributeType.N));

  private final VirtualTime time = VirtualTime.seeded(1);

  private IdempotentWriterBuilder bare() {
    return IdempotentWriter.builder(new FakeDynamoDb(time.scheduler(), time.clock()))
        .clock(time.clock())
        .scheduler(time.scheduler())
        .requestExecutor(time.scheduler())
        .callbackExecutor(time.scheduler())
        .withoutTableCheck();
  }

  private IdempotentWriterBuilder good() {
    return bare().ledger(LedgerTable.named("ledger").scope("test")).table(PLAIN);
  }

  private void assertRejected(UnaryOperator<IdempotentWriterBuilder> bad, String... words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bad.apply(good()).build())
        .satisfies(rejected -> assertThat(rejected.getMessage()).contains(words));
  }

  @Test
  void theModesSettingsAreChecked() {
    assertRejected(b -> b.claimMemory(-1), "claimMemory is -1", "0 to 1000000");
    assertRejected(
        b -> b.claimMemory(Integer.MAX_VALUE), "claimMemory is 2147483647", "0 to 1000000");
    assertThatNoException().isThrownBy(() -> good().claimMemory(1_000_000).build());
    assertRejected(b -> b.maxTransactionEvents(0), "maxTransactionEvents is 0", "1 to 100");
    assertRejected(b -> b.maxTransactionEvents(2), "maxTransactionEvents is 2", "LEDGER");
    assertRejected(b -> b.mode(Mode.KEYED), "ledger is ledger", "none under KEYED");
    assertThatNoException()
        .isThrownBy(() -> good().mode(Mode.TRANSACTIONAL).maxTransactionEvents(100).build());
    assertThatNoException().isThrownBy(() -> bare().mode(Mode.KEYED).table(PLAIN).build());
  }

  @Test
  void compactionIsToleratedUnlessDuplicatesAreDropped() {
    assertThat(good().build().toleratesCompaction()).isFalse();
    assertThat(good().duplicates(Duplicates.REAPPLY).build().toleratesCompaction()).isTrue();
    assertThat(good().mode(Mode.TRANSACTIONAL).build().toleratesCompaction()).isTrue();
    assertThat(bare().mode(Mode.KEYED).table(PLAIN).build().toleratesCompaction()).isTrue();
  }

  @Test
  void aWriterSaysHowLongItsClaimsAreKeptAndByWhichTime() {
    var month = LedgerTable.named("ledger").scope("test").retention(Duration.ofDays(30));
    assertThat(good().ledger(month).build().claimRetention()).contains(Duration.ofDays(30));
    assertThat(good().build().serviceTime().orElseThrow())
        .isEqualTo(time.clock().instant().truncatedTo(ChronoUnit.SECONDS));
    IdempotentWriter keyed = bare().mode(Mode.KEYED).table(PLAIN).build();
    assertThat(keyed.claimRetention()).isEmpty();
    assertThat(keyed.serviceTime()).isEmpty();
  }

  @Test
  void theDefaultsAndTheExtremesAreTaken() {
    assertThatNoException().isThrownBy(() -> good().build());
    assertThatNoException()
        .isThrownBy(
            () ->
                good()
                    .maxBatchItems(1)
                    .maxBatchBytes(1)
                    .linger(Duration.ZERO)
                    .maxBufferedItems(1)
                    .maxBufferedBytes(4 * 1024 * 1024)
                    .maxInFlightRequests(1)
                    .maxBlock(Duration.ZERO)
                    .requestTimeout(Duration.ofNanos(1))
                    .deliveryTimeout(Duration.ofNanos(1))
                    .build());
    assertThatNoException()
        .isThrownBy(
            () ->
                good()
                    .ledger(
                        LedgerTable.named("ledger").scope("test").retention(Duration.ofDays(1825)))
                    .maxBatchBytes(16 * 1024 * 1024)
                    .linger(Duration.ofMinutes(1))
                    .maxBlock(Duration.ofDays(365))
                    .deliveryTimeout(Duration.ofDays(365))
                    .backoff(Duration.ofDays(1), Duration.ofDays(365))
                    .build());
  }

  @Test
  void numbersOutOfRangeAreRejected() {
    assertRejected(b -> b.maxBatchItems(0), "maxBatchItems is 0", "1 to 25");
    assertRejected(b -> b.maxBatchItems(26), "maxBatchItems is 26", "1 to 25");
    assertRejected(b -> b.maxBatchBytes(0), "maxBatchBytes is 0", "1 to 16777216");
    assertRejected(b -> b.maxBatchBytes(16777217), "maxBatchBytes is 16777217", "1 to 16777216");
    assertRejected(b -> b.maxBufferedItems(0), "maxBufferedItems is 0", "1 or more");
    assertRejected(b -> b.maxBufferedBytes(4194303), "maxBufferedBytes is 4194303", "4194304");
    assertRejected(b -> b.maxInFlightRequests(0), "maxInFlightRequests is 0", "1 or more");
  }

  @Test
  void timesOutOfRangeAreRejected() {
    Duration negative = Duration.ofMillis(-1);
    assertRejected(b -> b.linger(negative), "linger is PT-0.001S", "zero to a minute");
    assertRejected(b -> b.linger(Duration.ofSeconds(61)), "linger is PT1M1S", "zero to a minute");
    assertRejected(b -> b.requestTimeout(Duration.ZERO), "requestTimeout is PT0S", "above zero");
    assertRejected(b -> b.requestTimeout(CENTURIES), "requestTimeout is PT2628000H", "a year");
    assertRejected(b -> b.startTimeout(Duration.ZERO), "startTimeout is PT0S", "above zero");
    assertRejected(b -> b.maxBlock(negative), "maxBlock is PT-0.001S", "zero to a year");
    assertRejected(b -> b.maxBlock(CENTURIES), "maxBlock is PT2628000H", "zero to a year");
    assertRejected(
        b -> b.deliveryTimeout(Duration.ofSeconds(5)), "deliveryTimeout is PT5S", "PT5.01S");
    assertRejected(b -> b.deliveryTimeout(CENTURIES), "deliveryTimeout is PT2628000H", "a year");
    assertRejected(
        b -> b.backoff(Duration.ZERO, Duration.ofSeconds(1)), "backoff's base is PT0S", "above");
    assertRejected(
        b -> b.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)),
        "backoff's max is PT1S",
        "PT2S");
  }

  @Test
  void aClaimThatExpiresWithinItsWriteIsRejected() {
    LedgerTable ledger = LedgerTable.named("ledger").scope("test");
    assertRejected(
        b -> b.ledger(ledger.retention(Duration.ofMinutes(1))),
        "retention is PT1M",
        "deliveryTimeout",
        "requestTimeout",
        "PT2M35S");
    assertRejected(
        b -> b.ledger(ledger.retention(Duration.ofSeconds(154))).mode(Mode.TRANSACTIONAL),
        "retention is PT2M34S",
        "PT2M35S");
    assertRejected(b -> b.deliveryTimeout(Duration.ofDays(14)), "retention is PT336H", "PT336H35S");
    assertThatNoException()
        .isThrownBy(() -> good().ledger(ledger.retention(Duration.ofSeconds(155))).build());
    assertThatNoException()
        .isThrownBy(
            () ->
                good()
                    .ledger(ledger.retention(Duration.ofMinutes(1)))
                    .deliveryTimeout(Duration.ofSeconds(25))
                    .build());
    assertThatNoException()
        .isThrownBy(
            () ->
                bare().mode(Mode.KEYED).table(PLAIN).deliveryTimeout(Duration.ofDays(365)).build());
  }

  @Test
  void theLedgerAndATableAreNeeded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bare().table(PLAIN).build())
        .withMessageContaining("ledger is not set")
        .withMessageContaining(".ledger(");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bare().ledger(LedgerTable.named("l").scope("s")).build())
        .withMessageContaining(".table(");
    assertThatIllegalStateException()
        .isThrownBy(() -> bare().ledger(LedgerTable.named("l")).table(PLAIN).build())
        .withMessageContaining(".scope(");
  }

  @Test
  void tablesThatDoNotFitAreRejected() {
    assertRejected(b -> b.table(PLAIN), "'plain'", "twice");
    assertRejected(b -> b.ledger(LedgerTable.named("plain").scope("s")), "ledger is plain");
    assertRejected(b -> b.table(Table.named("unknown")), "'unknown'", "Table.keys(");
    Table numbers = Table.named("numbers").keys(KeySchema.of("no", ScalarAttributeType.N));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> good().table(numbers, KeySharder.calculated(3)).build())
        .withMessageContaining("'numbers'")
        .withMessageContaining("'no'");
  }

  @Test
  void nullsAreNamed() {
    assertThatNullPointerException()
        .isThrownBy(() -> IdempotentWriter.builder(null))
        .withMessage("client");
    assertThatNullPointerException().isThrownBy(() -> good().linger(null)).withMessage("duration");
    assertThatNullPointerException().isThrownBy(() -> good().table(null)).withMessage("table");
    assertThatNullPointerException()
        .isThrownBy(() -> good().scheduler(null))
        .withMessage("executor");
  }
}
