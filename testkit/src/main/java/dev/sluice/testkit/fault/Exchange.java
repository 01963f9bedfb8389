package dev.sluice.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;

/**
 * One request and its reply, between the SDK and the service. A {@link Fault} decides its course.
 */
public final class Exchange {

  private final RequestView request;
  private final AsyncExecuteRequest original;
  private final Wire wire;
  private final CompletableFuture<Void> result;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean silenced;

  Exchange(
      RequestView request,
      AsyncExecuteRequest original,
      Wire wire,
      CompletableFuture<Void> result) {
    this.request = request;
    this.original = original;
    this.wire = wire;
    this.result = result;
  }

  /** The request, as the caller sent it. */
  public RequestView request() {
    return request;
  }

  /** The request's body, to be changed by a fault that only this operation can have. */
  ObjectNode requestBody(String operation) {
    if (!request.operation().equals(operation)) {
      throw new IllegalArgumentException(
          "this fault is for " + operation + ", not for " + request.operation());
    }
    return Json.parse(request.body());
  }

  /** Sends the request as it is; what breaks on the way fails the call. */
  void send(Consumer<Reply> onReply) {
    send(request.body(), onReply);
  }

  /** Sends the request with another body. */
  void send(String body, Consumer<Reply> onReply) {
    var unused = answeredBy(wire.send(original, body.getBytes(UTF_8)), onReply);
  }

  /**
   * Sends the request though its sender may have crashed.
   *
   * @return completes, never with a failure, when the service has answered or cannot
   */
  CompletableFuture<Void> land(Consumer<Reply> onReply) {
    return answeredBy(wire.land(original, request.body().getBytes(UTF_8)), onReply);
  }

  /** Gives the caller its reply, unless the caller has given up or is to hear nothing. */
  void deliver(Reply reply) {
    if (!silenced && wire.isUp() && !result.isDone() && answered.compareAndSet(false, true)) {
      reply.deliverTo(original.responseHandler());
      result.complete(null);
    }
  }

  /** Fails the call as a connection does that was reset. */
  void breakConnection() {
    fail(new IOException("Connection reset by peer (forged)"));
  }

  /** Fails the call, unless the caller is to hear nothing. */
  void fail(Throwable failure) {
    if (!silenced) {
      abort(failure);
    }
  }

  /** Fails the call. */
  void abort(Throwable failure) {
    if (answered.compareAndSet(false, true)) {
      original.responseHandler().onError(failure);
      result.completeExceptionally(failure);
    }
  }

  /** From now on the caller hears nothing, except that its call is aborted. */
  void silence() {
    silenced = true;
  }

  private CompletableFuture<Void> answeredBy(
      CompletableFuture<Reply> reply, Consumer<Reply> onReply) {
    return reply
        .thenAccept(onReply)
        .exceptionally(
            failure -> {
              var cause = failure.getCause();
              fail(failure instanceof CompletionException && cause != null ? cause : failure);
              return null;
            });
  }
}
