package dev.sluice.request;

import dev.sluice.request.Failure.Kind;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * Says what failures mean that are no answers of DynamoDB: those of the network, of the client, and
 * of what the client asks on the way to DynamoDB (a credentials provider, an interceptor).
 *
 * <p>The SDK reports a broken connection as an {@code SdkClientException} with an {@code
 * IOException} among its causes. Credentials that cannot be loaded come without such a cause, or as
 * the exception of another service. No error code of another service is looked at: an STS {@code
 * ValidationError} says nothing of a record, and its throttle nothing of a table.
 */
final class ClientFailures {
  private ClientFailures() {}

  static Kind kindOf(Throwable failure) {
    if (failure instanceof SdkException) {
      return ofSdk(failure);
    }
    if (isOfNetwork(failure) || failure instanceof CancellationException) {
      return Kind.UNKNOWN;
    }
    // An executor that is full, now: nothing was sent. All else is a fault in the client's setup or
    // in this library, and no later attempt mends it.
    return failure instanceof RejectedExecutionException ? Kind.PASSING : Kind.SYSTEM;
  }

  private static Kind ofSdk(Throwable failure) {
    if (isLostOnTheWay(failure)) {
      return Kind.UNKNOWN;
    }
    for (Throwable at = failure; at != null; at = cause(at)) {
      if (at instanceof SdkServiceException) {
        return Kind.SYSTEM_IF_LASTING;
      }
      if (isOfNetwork(at) || isLostOnTheWay(at)) {
        return Kind.UNKNOWN;
      }
    }
    return Kind.SYSTEM_IF_LASTING;
  }

  private static boolean isLostOnTheWay(Throwable failure) {
    return failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || failure instanceof AbortedException
        || failure instanceof Crc32MismatchException
        || failure instanceof RetryableException;
  }

  private static boolean isOfNetwork(Throwable failure) {
    // The Netty client reports a connection that it could not acquire as a bare Throwable.
    return failure instanceof IOException
        || failure instanceof TimeoutException
        || failure.getClass() == Throwable.class;
  }

  private static @Nullable Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == failure ? null : cause;
  }
}
