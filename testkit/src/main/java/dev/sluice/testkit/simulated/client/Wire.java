package dev.sluice.testkit.simulated.client;

import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;

/**
 * What the calls of one client have in common: the service, the timers, the chances, and whether
 * the worker lives. Everything happens under the lock of the service, which clients share.
 */
final class Wire {

  private final SimulatedDynamoDb service;
  private final ScheduledExecutorService timers;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ServiceResponses responses = new ServiceResponses();
  private final Leftovers leftovers;
  private final StatementErrors statementErrors;
  private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);
  private Mishaps mishaps = Mishaps.none();
  private boolean crashed;

  Wire(
      SimulatedDynamoDb service,
      ScheduledExecutorService timers,
      InstantSource clock,
      RandomGenerator random) {
    this.service = service;
    this.timers = timers;
    this.clock = clock;
    this.random = random;
    this.leftovers = new Leftovers(random, this::serve);
    this.statementErrors = new StatementErrors(random, this::serve);
  }

  Object lock() {
    return service;
  }

  RandomGenerator random() {
    return random;
  }

  Instant serviceTime() {
    return clock.instant();
  }

  Mishaps mishaps() {
    return mishaps;
  }

  void mishaps(Mishaps changed) {
    mishaps = changed;
  }

  void crash() {
    crashed = true;
  }

  boolean isCrashed() {
    return crashed;
  }

  void count(Fate fate) {
    counts.merge(fate, 1L, Long::sum);
  }

  Map<Fate, Long> counts() {
    return new EnumMap<>(counts);
  }

  long drawLatency() {
    return mishaps.latency(random);
  }

  long drawLateness() {
    return mishaps.lateness(random);
  }

  long defaultTimeout() {
    return mishaps.timeout().toNanos();
  }

  void after(long nanos, Runnable step) {
    var unused = timers.schedule(() -> locked(step), nanos, TimeUnit.NANOSECONDS);
  }

  private void locked(Runnable step) {
    synchronized (service) {
      step.run();
    }
  }

  /** Whether a request that is on its way reaches the service. */
  boolean arrives(Fate fate) {
    if (!crashed) {
      return true;
    }
    boolean lands = mishaps.landsAfterCrash(random);
    count(lands ? Fate.LANDED_AFTER_CRASH : Fate.LOST_IN_CRASH);
    return lands;
  }

  /** Whether there is somebody left to hear an answer. */
  boolean delivers() {
    if (crashed) {
      count(Fate.REPLY_LOST_IN_CRASH);
    }
    return !crashed;
  }

  DynamoDbResponse serve(DynamoDbRequest request) {
    return service.execute(request, clock.instant());
  }

  DynamoDbResponse leftovers(DynamoDbRequest request) {
    return leftovers.serve(request);
  }

  DynamoDbResponse statementErrors(DynamoDbRequest request) {
    return statementErrors.serve((BatchExecuteStatementRequest) request);
  }

  DynamoDbResponse dated(DynamoDbResponse response) {
    return responses.dated(response, clock.instant());
  }

  DynamoDbException dated(DynamoDbException error) {
    return ServiceResponses.dated(error, clock.instant());
  }
}
