package dev.sluice.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;

/**
 * A whole HTTP reply.
 *
 * @param status the HTTP status
 * @param headers the headers, without the length and checksum of the body
 * @param body the body, in UTF-8
 */
public record Reply(int status, Map<String, List<String>> headers, String body) {

  /** Drops headers that would contradict a changed body. */
  public Reply {
    var kept = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    kept.putAll(headers);
    kept.keySet().removeIf(Reply::describesBody);
    headers = Map.copyOf(kept);
  }

  /** A reply as DynamoDB gives it, of type {@code application/x-amz-json-1.0}. */
  static Reply json(int status, String body) {
    return new Reply(
        status,
        Map.of(
            "Content-Type", List.of("application/x-amz-json-1.0"),
            "x-amzn-RequestId", List.of("FORGED")),
        body);
  }

  static Reply of(SdkHttpResponse head, byte[] body) {
    return new Reply(head.statusCode(), head.headers(), new String(body, UTF_8));
  }

  Reply withBody(String changed) {
    return new Reply(status, headers, changed);
  }

  boolean isSuccess() {
    return status == 200;
  }

  void deliverTo(SdkAsyncHttpResponseHandler handler) {
    var bytes = body.getBytes(UTF_8);
    var head = SdkHttpFullResponse.builder().statusCode(status);
    headers.forEach(head::putHeader);
    head.putHeader("Content-Length", Integer.toString(bytes.length));
    handler.onHeaders(head.build());
    handler.onStream(AsyncRequestBody.fromBytes(bytes));
  }

  private static boolean describesBody(String header) {
    return switch (header.toLowerCase(Locale.ROOT)) {
      case "content-length", "transfer-encoding", "x-amz-crc32" -> true;
      default -> false;
    };
  }
}
