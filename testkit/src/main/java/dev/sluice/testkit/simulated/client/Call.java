package dev.sluice.testkit.simulated.client;

import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;

/** One request on its way: lands after half of its latency, and is answered after the rest. */
final class Call<R extends DynamoDbResponse> {

  /** What the service makes of a request that has landed. */
  private interface Landing {
    DynamoDbResponse serve();
  }

  private final Wire wire;
  private final Operation operation;
  private final DynamoDbRequest request;
  private final Class<R> type;
  private final CompletableFuture<R> future = new CompletableFuture<>();

  Call(Wire wire, Operation operation, DynamoDbRequest request, Class<R> type) {
    this.wire = wire;
    this.operation = operation;
    this.request = request;
    this.type = type;
  }

  CompletableFuture<R> start(Fate fate) {
    switch (fate) {
      case SERVED -> answered(fate, this::served);
      case PARTLY -> answered(fate, () -> wire.leftovers(request));
      case STATEMENT_ERRORS -> answered(fate, () -> wire.statementErrors(request));
      case THROTTLED ->
          answered(fate, () -> refuse(Refusals.throttle(operation, request, wire.random())));
      case CONFLICT -> answered(fate, () -> refuse(Refusals.conflict(request, wire.random())));
      case FAILED_BEFORE -> answered(fate, () -> refuse(ServiceErrors.internal()));
      case FAILED_AFTER ->
          answered(
              fate,
              () -> {
                unanswered();
                return refuse(ServiceErrors.internal());
              });
      case ODD_CODE -> answered(fate, () -> refuse(Refusals.oddCode(wire.random())));
      case UNEXPLAINED -> answered(fate, this::unexplained);
      case OTHER_SERVICE -> {
        wire.count(fate);
        var refusal = Refusals.ofOtherService(wire.random());
        wire.after(wire.drawLatency(), () -> fail(refusal));
      }
      case RESET -> {
        wire.count(fate);
        wire.after(wire.drawLatency(), () -> fail(Refusals.reset()));
      }
      case REPLY_LOST -> {
        long latency = wire.drawLatency();
        land(fate, latency / 2, () -> wire.after(latency - latency / 2, this::reset));
      }
      case LATE -> {
        long timeout = timeout() < 0 ? wire.defaultTimeout() : timeout();
        wire.after(timeout, () -> timeOut(timeout));
        land(fate, timeout + wire.drawLateness(), () -> {});
      }
      case SILENT -> wire.count(fate);
      case SILENT_APPLIED -> land(fate, wire.drawLatency() / 2, () -> {});
      default -> throw new IllegalArgumentException(fate + " is never drawn");
    }
    return future;
  }

  /** The request reaches the service, which answers in one way or the other. */
  private void answered(Fate fate, Landing landing) {
    long latency = wire.drawLatency();
    long timeout = timeout();
    boolean inTime = timeout < 0 || latency <= timeout;
    if (!inTime) {
      wire.after(timeout, () -> timeOut(timeout));
    }
    wire.after(
        latency / 2,
        () -> {
          if (!wire.arrives(fate)) {
            return;
          }
          wire.count(inTime ? fate : Fate.TIMED_OUT);
          try {
            var reply = wire.dated(landing.serve());
            wire.after(latency - latency / 2, () -> complete(reply));
          } catch (DynamoDbException e) {
            var dated = wire.dated(e);
            wire.after(latency - latency / 2, () -> fail(dated));
          } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
            throw e;
          }
        });
  }

  /** The request reaches the service, whose answer reaches nobody. */
  private void land(Fate fate, long nanos, Runnable then) {
    wire.after(
        nanos,
        () -> {
          if (wire.arrives(fate)) {
            wire.count(fate);
            unanswered();
            then.run();
          }
        });
  }

  private DynamoDbResponse served() {
    return wire.serve(request);
  }

  private DynamoDbResponse unexplained() {
    try {
      return served();
    } catch (DynamoDbException e) {
      throw Refusals.unexplained(e);
    }
  }

  private void unanswered() {
    try {
      served();
    } catch (DynamoDbException e) {
      // The service said no, and nobody hears it.
    }
  }

  private static DynamoDbResponse refuse(DynamoDbException error) {
    throw error;
  }

  private void complete(DynamoDbResponse reply) {
    if (wire.delivers()) {
      future.complete(type.cast(reply));
    }
  }

  private void reset() {
    fail(Refusals.reset());
  }

  private void timeOut(long nanos) {
    fail(ApiCallTimeoutException.create(Duration.ofNanos(nanos).toMillis()));
  }

  /** As the SDK's futures fail: its own one is behind the one that callers get. */
  private void fail(RuntimeException error) {
    if (wire.delivers()) {
      future.completeExceptionally(new CompletionException(error));
    }
  }

  /** The caller's own timeout in nanoseconds, or below zero if there is none. */
  private long timeout() {
    return request
        .overrideConfiguration()
        .flatMap(override -> override.apiCallTimeout())
        .map(Duration::toNanos)
        .orElse(-1L);
  }
}
