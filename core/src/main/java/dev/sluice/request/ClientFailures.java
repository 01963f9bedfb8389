package dev.sluice.request;

import dev.sluice.request.Failure.Kind;
import java.io.IOException;
import java.net.UnknownHostException;
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
 * <p>The SDK reports a broken connection as an {@code SdkClientException} that counts the attempts
 * it has made, with an {@code IOException} among its causes. Credentials that cannot be loaded come
 * before any attempt, with such a cause or without, or as the exception of another service. No
 * error code of another service is looked at: an STS {@code ValidationError} says nothing of a
 * record, and its throttle nothing of a table.
 */
final class ClientFailures {
  private ClientFailures() {}

  static Kind kindOf(Throwable failure) {
    if (failure instanceof SdkException) {
      return ofSdk(failure);
    }
    if (isOfNetwork(failure)
        || failure instanceof CancellationException
        || failure instanceof ForeignAnswerException) {
      return Kind.UNKNOWN;
    }
    // An executor that is full, now: nothing was sent. All else is a fault in the client's setup or
    // in this library, and no later attempt mends it.
    return failure instanceof RejectedExecutionException ? Kind.PASSING : Kind.SYSTEM;
  }

  private static Kind ofSdk(Throwable failure) {
    boolean wasTried = false;
    for (Throwable at = failure; at != null; at = cause(at)) {
      if (at instanceof SdkServiceException) {
        return Kind.SYSTEM_IF_LASTING;
      }
      if (at instanceof SdkException attempted) {
        wasTried |= hasAttempts(attempted);
      }
      if (isLostOnTheWay(at)
          || at instanceof UnknownHostException
          || (wasTried && isOfNetwork(at))) {
        return Kind.UNKNOWN;
      }
    }
    return Kind.SYSTEM_IF_LASTING;
  }

  /** Whether attempts were made; older versions of the SDK do not count them. */
  private static boolean hasAttempts(SdkException failure) {
    try {
      Integer attempts = failure.numAttempts();
      return attempts != null && attempts > 0;
    } catch (NoSuchMethodError older) {
      return true;
    }
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
