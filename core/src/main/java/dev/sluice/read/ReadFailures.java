package dev.sluice.read;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.ReadTimeoutException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SystemException;
import dev.sluice.request.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a reader's caller is told of a shard's failure. */
final class ReadFailures {
  private ReadFailures() {}

  static ReadTimeoutException timeout(String table, Duration readTimeout, @Nullable Failure last) {
    return new ReadTimeoutException(
        "A page of the table '"
            + table
            + "' was not read within "
            + readTimeout
            + " (readTimeout); the last failure was "
            + (last == null ? "none: a shard was still waiting its turn" : last.code())
            + ". Ask for the page again, or for fewer items, or allow more time.",
        last == null ? null : last.cause());
  }

  /** What is not to be tried again. */
  static SluiceException rejected(String table, Failure failure) {
    if (failure.kind() == Failure.Kind.RECORD) {
      // Without the cause, whose message may quote keys.
      return new ConfigurationException(
          "A query of the table '"
              + table
              + "' was rejected with "
              + failure.code()
              + "; check the key schema, the condition, the filter, and where a token came from.");
    }
    String remedy =
        switch (failure.code()) {
          case "ResourceNotFoundException" ->
              "The table is not there (any more); create it, or mend the name or the region.";
          case "AccessDeniedException" -> "Permit dynamodb:Query on the table.";
          default ->
              "Check the client's credentials and setup; the cause of this exception says more.";
        };
    return new SystemException(
        "A query of the table '" + table + "' failed with " + failure.code() + ". " + remedy,
        failure.code(),
        failure.cause());
  }
}
