package dev.sluice.testkit.fault;

import static java.util.concurrent.CompletableFuture.failedFuture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;
import software.amazon.awssdk.utils.BinaryUtils;

/** The connection to the service: sends whole requests and reads whole replies while it is up. */
final class Wire {

  private enum State {
    UP,
    HUNG,
    CRASHED,
    CLOSED
  }

  private final SdkAsyncHttpClient client;
  private State state = State.UP;

  Wire(SdkAsyncHttpClient client) {
    this.client = client;
  }

  synchronized boolean isUp() {
    return state == State.UP;
  }

  synchronized boolean isHung() {
    return state == State.HUNG;
  }

  synchronized void up() {
    become(State.UP);
  }

  synchronized void hang() {
    become(State.HUNG);
  }

  synchronized void crash() {
    become(State.CRASHED);
  }

  synchronized void close() {
    become(State.CLOSED);
    client.close();
  }

  private void become(State next) {
    state = state == State.CLOSED ? State.CLOSED : next;
  }

  /** Sends a request; when the wire is down it fails, and when it hangs nothing ever happens. */
  synchronized CompletableFuture<Reply> send(AsyncExecuteRequest original, byte[] body) {
    return switch (state) {
      case UP -> execute(original, body);
      case HUNG -> new CompletableFuture<>();
      case CRASHED, CLOSED -> failedFuture(down());
    };
  }

  /** Sends a request that has left the sender before, whatever has become of the sender. */
  synchronized CompletableFuture<Reply> land(AsyncExecuteRequest original, byte[] body) {
    return state == State.CLOSED ? failedFuture(down()) : execute(original, body);
  }

  static IOException down() {
    return new IOException("the client has crashed or is closed (forged)");
  }

  static CompletableFuture<byte[]> collect(Publisher<ByteBuffer> content) {
    var bytes = new ByteArrayOutputStream();
    return SdkPublisher.adapt(content)
        .subscribe(buffer -> bytes.writeBytes(BinaryUtils.copyBytesFrom(buffer)))
        .thenApply(unused -> bytes.toByteArray());
  }

  private CompletableFuture<Reply> execute(AsyncExecuteRequest original, byte[] body) {
    var request =
        original.request().toBuilder()
            .putHeader("Content-Length", Integer.toString(body.length))
            .build();
    var reader = new ReplyReader();
    var execution =
        AsyncExecuteRequest.builder()
            .request(request)
            .requestContentPublisher(new Content(AsyncRequestBody.fromBytes(body)))
            .responseHandler(reader)
            .fullDuplex(original.fullDuplex())
            .httpExecutionAttributes(original.httpExecutionAttributes());
    original.metricCollector().ifPresent(execution::metricCollector);
    var unused =
        client
            .execute(execution.build())
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    reader.onError(failure);
                  }
                });
    return reader.reply;
  }

  private record Content(AsyncRequestBody body) implements SdkHttpContentPublisher {
    @Override
    public Optional<Long> contentLength() {
      return body.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      body.subscribe(subscriber);
    }
  }

  private static final class ReplyReader implements SdkAsyncHttpResponseHandler {
    private final CompletableFuture<SdkHttpResponse> head = new CompletableFuture<>();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();

    @Override
    public void onHeaders(SdkHttpResponse headers) {
      head.complete(headers);
    }

    @Override
    public void onStream(Publisher<ByteBuffer> stream) {
      var unused =
          collect(stream)
              .thenCombine(head, (body, headers) -> Reply.of(headers, body))
              .whenComplete(
                  (whole, failure) -> {
                    if (failure != null) {
                      onError(failure);
                    } else {
                      reply.complete(whole);
                    }
                  });
    }

    @Override
    public void onError(Throwable failure) {
      reply.completeExceptionally(failure);
    }
  }
}
