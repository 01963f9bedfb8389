package dev.sluice.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/**
 * An HTTP client for a {@code DynamoDbAsyncClient} with which a test decides what becomes of each
 * request, and which keeps what was sent.
 *
 * <p>Faults given to {@link #failNext} come first, in their order; then the policy given to {@link
 * #always} is asked. Requests and replies are held in memory whole. Safe for use by several
 * threads. Closing it closes the client it wraps and fails what is pending.
 */
public final class FaultyHttpClient implements SdkAsyncHttpClient {

  private final Wire wire;
  private final Set<Exchange> pending = ConcurrentHashMap.newKeySet();
  private final Map<String, Queue<Fault>> script = new HashMap<>();
  private final List<RequestView> requests = new ArrayList<>();
  private FaultPolicy policy = FaultPolicy.none();
  private long numbers;

  private FaultyHttpClient(SdkAsyncHttpClient client) {
    this.wire = new Wire(client);
  }

  /** Wraps a client, which it will close. */
  public static FaultyHttpClient around(SdkAsyncHttpClient client) {
    return new FaultyHttpClient(requireNonNull(client, "client"));
  }

  /** The next requests of this operation get these faults, one each, after those already given. */
  public synchronized void failNext(String operation, Fault... faults) {
    script.computeIfAbsent(operation, key -> new ArrayDeque<>()).addAll(Arrays.asList(faults));
  }

  /** From now on this policy decides about requests that have no fault by {@link #failNext}. */
  public synchronized void always(FaultPolicy decides) {
    policy = requireNonNull(decides, "decides");
  }

  /**
   * Forgets all faults and comes up again after {@link #crash()} and {@link #hang()}. Calls that a
   * hang has silenced stay silent. Leaves gates and {@link #requests()} as they are.
   */
  public synchronized void reset() {
    script.clear();
    policy = FaultPolicy.none();
    wire.up();
  }

  /**
   * From now on nothing is sent and no reply is delivered: pending and future calls fail at once
   * with an {@code IOException}. A request at the gate of {@link Fault#delayRequest} has left
   * already and still lands when the gate opens.
   */
  public void crash() {
    wire.crash();
    failPending();
  }

  /** As {@link #crash()}, but pending and future calls do not end until the caller gives up. */
  public void hang() {
    wire.hang();
    pending.forEach(Exchange::silence);
  }

  /** What was asked of the service since the start or {@link #clearRequests()}, in order. */
  public synchronized List<RequestView> requests() {
    return List.copyOf(requests);
  }

  /** As {@link #requests()}, of one operation. */
  public List<RequestView> requests(String operation) {
    return requests().stream().filter(r -> r.operation().equals(operation)).toList();
  }

  /** Forgets the requests seen so far; numbers go on. */
  public synchronized void clearRequests() {
    requests.clear();
  }

  /**
   * Waits until {@link #requests(String)} has at least so many.
   *
   * @throws AssertionError if the timeout passes before
   */
  public void awaitRequests(String operation, int count, Duration timeout) {
    Monitor.await(
        this,
        () -> requests(operation).size() >= count,
        timeout,
        () -> "%d %s seen, not %d".formatted(requests(operation).size(), operation, count));
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    var result = new CompletableFuture<Void>();
    Wire.collect(request.requestContentPublisher())
        .thenAccept(body -> begin(request, new String(body, UTF_8), result))
        .exceptionally(
            failure -> {
              result.completeExceptionally(failure);
              return null;
            });
    return result;
  }

  private void begin(AsyncExecuteRequest request, String body, CompletableFuture<Void> result) {
    Exchange exchange;
    synchronized (this) {
      var view = new RequestView(++numbers, operation(request), body);
      exchange = new Exchange(view, request, wire, result);
    }
    pending.add(exchange);
    var unused = result.whenComplete((done, failure) -> pending.remove(exchange));
    try {
      decide(exchange).play(exchange);
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private synchronized Fault decide(Exchange exchange) {
    if (wire.isHung()) {
      exchange.silence();
    }
    if (!wire.isUp()) {
      return Fault.none();
    }
    var request = exchange.request();
    requests.add(request);
    notifyAll();
    var scripted = script.get(request.operation());
    var next = scripted == null ? null : scripted.poll();
    return next == null ? policy.decide(request) : next;
  }

  private static String operation(AsyncExecuteRequest request) {
    var target = request.request().firstMatchingHeader("X-Amz-Target").orElse("");
    return target.substring(target.indexOf('.') + 1);
  }

  private void failPending() {
    pending.forEach(exchange -> exchange.abort(Wire.down()));
  }

  @Override
  public void close() {
    wire.close();
    failPending();
  }

  @Override
  public String clientName() {
    return "Faulty";
  }
}
