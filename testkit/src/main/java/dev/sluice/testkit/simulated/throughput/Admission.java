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

  private final Map<Resource, Meter> meters = new HashMap<>();
  private final Map<Resource, Usage> usage = new HashMap<>();
  private @Nullable Meter account;

  /** No limits. */
  public Admission() {}

  /** Limits a table from now on; burst credit gathered so far stays. */
  public void limit(String table, Throughput throughput, long nowNanos) {
    limit(Resource.ofTable(table), throughput, nowNanos);
  }

  /** Limits a table or a global index from now on; burst credit gathered so far stays. */
  public void limit(Resource resource, Throughput throughput, long nowNanos) {
    var meter = meters.get(resource);
    if (meter == null) {
      meters.put(resource, new Meter(throughput));
    } else {
      meter.change(throughput, nowNanos);
    }
  }

  /** Takes the limits of a table or of a global index away. */
  public void unlimit(Resource resource) {
    meters.remove(resource);
  }

  /** Limits all tables together from now on; the throughput's limit for a table is what counts. */
  public void limitAccount(Throughput throughput, long nowNanos) {
    if (account == null) {
      account = new Meter(throughput);
    } else {
      account.change(throughput, nowNanos);
    }
  }

  /** {@return what was spent on a table, without its global indexes} */
  public Usage usage(String table) {
    return usage(Resource.ofTable(table));
  }

  /** {@return what was spent on a table without its global indexes, or on one of these} */
  public Usage usage(Resource resource) {
    return usage.getOrDefault(resource, Usage.NONE);
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
    var meter = meters.get(charge.resource());
    var mode = meter == null ? Throughput.Mode.ON_DEMAND : meter.throughput().mode();
    if (account != null && !account.bucket(kind).take(units, now)) {
      return new Throttle(charge.resource(), kind, Throttle.Limit.ACCOUNT, mode);
    }
    if (meter == null) {
      return null;
    }
    if (!meter.bucket(kind).take(units, now)) {
      giveAccount(charge);
      return new Throttle(charge.resource(), kind, Throttle.Limit.TABLE, mode);
    }
    if (!meter.partition(kind, charge.partitionKey()).take(units, now)) {
      giveAccount(charge);
      meter.bucket(kind).give(units);
      return new Throttle(charge.resource(), kind, Throttle.Limit.KEY_RANGE, mode);
    }
    return null;
  }

  private void giveBack(Charge charge) {
    giveAccount(charge);
    var meter = meters.get(charge.resource());
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
        charge.resource(),
        usage(charge.resource()).plus(charge.kind(), sign * charge.units(), throttled));
  }
}
