package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What adaptive budgets make of a table that others write to, that fails for a while, or is small.
 */
class SharedTableTest {
  private static final double ANY = Double.POSITIVE_INFINITY;

  private static List<SharedTable.Client> join(SharedTable table, int count, double offered) {
    List<SharedTable.Client> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(table.join(WriteBudget.adaptive().withClock(table.clock()), offered, 1));
    }
    return processes;
  }

  /** What each is let through in a second, over so many seconds from now. */
  private static List<Double> rates(
      SharedTable table, List<SharedTable.Client> processes, int seconds) {
    List<Double> before = processes.stream().map(SharedTable.Client::admitted).toList();
    table.run(seconds);
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      rates.add((processes.get(i).admitted() - before.get(i)) / seconds);
    }
    return rates;
  }

  private static double throttledShare(List<SharedTable.Client> processes) {
    double admitted = processes.stream().mapToDouble(SharedTable.Client::admitted).sum();
    double throttled = processes.stream().mapToDouble(SharedTable.Client::throttled).sum();
    return throttled / (admitted + throttled);
  }

  /** B21. */
  @ParameterizedTest
  @CsvSource({"2, 1000, 1", "2, 1000, 2", "8, 4000, 3", "8, 1000, 4", "32, 10000, 5"})
  void processesThatStartTogetherKeepEvenShares(int count, double capacity, long seed) {
    SharedTable table = new SharedTable(seed, capacity);
    List<SharedTable.Client> all = join(table, count, 2 * capacity / count);
    table.run(120);
    List<Double> rates = rates(table, all, 120);

    double even = capacity / count;
    assertThat(rates).allSatisfy(rate -> assertThat(rate).isBetween(even * 0.5, even * 1.7));
    assertThat(rates.stream().mapToDouble(rate -> rate).sum()).isGreaterThan(0.97 * capacity);
    assertThat(throttledShare(all)).isLessThan(count == 8 && capacity == 1000 ? 0.05 : 0.03);
  }

  /** B21. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whoComesLaterGetsAnEvenShareAndTakesNoMore(long seed) {
    SharedTable table = new SharedTable(seed, 1_000);
    List<SharedTable.Client> all = join(table, 1, 5_000);
    table.run(60);
    all.addAll(join(table, 1, 5_000));
    table.run(180);
    List<Double> rates = rates(table, all, 60);

    assertThat(rates).allSatisfy(rate -> assertThat(rate).isBetween(300.0, 700.0));
  }

  /** B21. */
  @ParameterizedTest
  @CsvSource({"300, 1", "300, 2", "450, 3"})
  void aBackfillThatJoinsLeavesLiveTrafficItsShare(double live, long seed) {
    SharedTable table = new SharedTable(seed, 1_000);
    List<SharedTable.Client> one = join(table, 1, live);
    table.run(60);
    List<SharedTable.Client> unused = join(table, 1, 20_000);
    table.run(10);

    assertThat(rates(table, one, 50).get(0)).isGreaterThan(0.85 * live);
  }

  /** B22. */
  @ParameterizedTest
  @CsvSource({
    "0.3, 1, 0.0",
    "0.3, 1, 0.4",
    "0.3, 1, 0.7",
    "0.05, 1, 0.2",
    "1, 1, 0.2",
    "3, 1, 0.2",
    "0.3, 0.7, 0.2",
    "0.3, 0.3, 0.2"
  })
  void anOutageIsNotTakenForACapacity(double seconds, double share, double offset) {
    SharedTable table = new SharedTable(7, ANY);
    List<SharedTable.Client> one = join(table, 1, 3_000);
    table.run(60 + offset);
    double begins = table.seconds();
    table.throttle(() -> table.seconds() < begins + seconds ? share : 0);
    table.run(Math.min(seconds, 1));
    assertThat(one.get(0).budget.unitsPerSecond()).isGreaterThanOrEqualTo(3_000 / 4.0 * 0.95);
    table.run(Math.max(0, seconds - 1) + 5);

    assertThat(one.get(0).budget.unitsPerSecond()).isGreaterThan(0.9 * 3_000);
    assertThat(rates(table, one, 5).get(0)).isGreaterThan(0.9 * 3_000);
  }

  /** B22. */
  @Test
  void anOutageBeforeHoursOfSilenceIsNotRemembered() {
    SharedTable table = new SharedTable(7, ANY);
    WriteBudget budget = WriteBudget.adaptive().withClock(table.clock());
    List<SharedTable.Client> one = new ArrayList<>(List.of(table.join(budget, 3_000, 1)));
    table.run(60);
    double begins = table.seconds();
    table.throttle(() -> table.seconds() < begins + 0.3 ? 1 : 0);
    table.run(0.3);
    one.get(0).offer(0);
    table.run(600);
    one.get(0).offer(3_000);
    table.run(5);

    assertThat(rates(table, one, 5).get(0)).isGreaterThan(0.9 * 3_000);
  }

  /** B22: what takes what it takes for longer is a capacity, and no outage. */
  @Test
  void aCapacityIsTriedBeyondNoMoreThanTwice() {
    SharedTable table = new SharedTable(7, 1_000);
    List<SharedTable.Client> one = join(table, 1, 900);
    table.run(30);
    one.get(0).offer(6_000);
    table.run(30);
    double throttled = one.get(0).throttled();
    table.run(60);

    assertThat(one.get(0).throttled() - throttled).isLessThan(0.02 * 60 * 1_000);
    assertThat(rates(table, one, 10).get(0)).isGreaterThan(970);
  }

  /** B23. */
  @ParameterizedTest
  @CsvSource({"5, 1, 20", "20, 1, 100", "1000, 40, 5000", "1000, 390, 5000", "100, 40, 500"})
  void aSmallTableOrLargeItemsAreWrittenAtTheTablesRate(
      double capacity, int itemUnits, double offered) {
    SharedTable table = new SharedTable(7, capacity);
    List<SharedTable.Client> one = new ArrayList<>();
    one.add(table.join(WriteBudget.adaptive().withClock(table.clock()), offered, itemUnits));
    table.run(60);
    double rate = rates(table, one, 180).get(0);

    assertThat(rate).isGreaterThan(0.95 * capacity);
    assertThat(throttledShare(one)).isLessThan(0.3);
  }
}
