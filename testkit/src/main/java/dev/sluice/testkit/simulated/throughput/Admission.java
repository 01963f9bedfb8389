package dev.sluice.testkit.simulated.throughput;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spends units, or refuses, for all tables of one account. Without limits until some are set. Not
 * safe for use by several threads.
 */
public final class Admission {

  private final Map<String, Meter> tables = new HashMap<>();
  private final Map<String, Usage> usage = new HashMap<>();
  private @Nullable Meter account;

  /** No limits. */
  public Admission() {}

  /** Limits a table from now on; burst credit gathered so far stays. */
  public void limit(String table, Throughput throughput, long nowNanos) {
    var meter = tables.get(table);
    if (meter == null) {
      tables.put(table, new Meter(throughput));
    } else {
      meter.change(throughput, nowNanos);
    }
  }

  /** Takes a table's limits away. */
  public void unlimit(String table) {
    tables.remove(table);
  }

  /** Limits all tables together from now on; the throughput's limit for a table is what counts. */
  public void limitAccount(Throughput throughput, long nowNanos) {
    if (account == null) {
      account = new Meter(throughput);
    } else {
      account.change(throughput, nowNanos);
    }
  }

  /** {@return what was spent on a table} */
  public Usage usage(String table) {
    return usage.getOrDefault(table, Usage.NONE);
  }

  /** As {@link #take(Charge, long)}, all of them or none. */
  public @Nullable Throttle take(List<Charge> charges, long nowNanos) {
    for (int i = 0; i < charges.size(); i++) {
      var throttle = take(charges.get(i), nowNanos);
      if (throttle != null) {
        charges.subList(0, i).forEach(this::giveBack);
        return throttle;
      }
    }
    return null;
  }

  /** Spends units and returns null, or spends nothing and returns why not. */
  public @Nullable Throttle take(Charge charge, long nowNanos) {
    var throttle = refusal(charge, nowNanos);
    count(charge, throttle != null, 1);
    return throttle;
  }

  private @Nullable Throttle refusal(Charge charge, long now) {
    var kind = charge.kind();
    double units = charge.units();
    var meter = tables.get(charge.table());
    var mode = meter == null ? Throughput.Mode.ON_DEMAND : meter.throughput().mode();
    if (account != null && !account.bucket(kind).take(units, now)) {
      return new Throttle(charge.table(), kind, Throttle.Limit.ACCOUNT, mode);
    }
    if (meter == null) {
      return null;
    }
    if (!meter.bucket(kind).take(units, now)) {
      giveAccount(charge);
      return new Throttle(charge.table(), kind, Throttle.Limit.TABLE, mode);
    }
    if (!meter.partition(kind, charge.partitionKey()).take(units, now)) {
      giveAccount(charge);
      meter.bucket(kind).give(units);
      return new Throttle(charge.table(), kind, Throttle.Limit.KEY_RANGE, mode);
    }
    return null;
  }

  private void giveBack(Charge charge) {
    giveAccount(charge);
    var meter = tables.get(charge.table());
    if (meter != null) {
      meter.bucket(charge.kind()).give(charge.units());
      meter.partition(charge.kind(), charge.partitionKey()).give(charge.units());
    }
    count(charge, false, -1);
  }

  private void giveAccount(Charge charge) {
    if (account != null) {
      account.bucket(charge.kind()).give(charge.units());
    }
  }

  private void count(Charge charge, boolean throttled, int sign) {
    usage.put(
        charge.table(),
        usage(charge.table()).plus(charge.kind(), sign * charge.units(), throttled));
  }
}
