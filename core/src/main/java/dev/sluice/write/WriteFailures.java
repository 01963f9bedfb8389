package dev.sluice.write;

import dev.sluice.model.LedgerTable;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.request.EffectRequest;
import dev.sluice.request.Failure;
import dev.sluice.request.KeySchemaReply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a write's caller is told of a request's failure. */
final class WriteFailures {
  private final Duration deliveryTimeout;

  WriteFailures(Duration deliveryTimeout) {
    this.deliveryTimeout = deliveryTimeout;
  }

  /**
   * A write whose time is up.
   *
   * @param table the table that its last request was for
   * @param last how that failed, or null if it was still waiting its turn
   */
  SluiceException atDeadline(String table, @Nullable Failure last) {
    if (last != null && last.kind().isOfSystem()) {
      return new SystemException(
          "Requests to the table '"
              + table
              + "' have failed with "
              + last.code()
              + " until the write's time was up (deliveryTimeout, "
              + deliveryTimeout
              + "). "
              + remedy(last, "the writer's requests"),
          last.code(),
          last.cause());
    }
    return new UnknownOutcomeException(
        "The write did not end within "
            + deliveryTimeout
            + " (deliveryTimeout); the last failure was "
            + (last == null ? "none: it was still waiting its turn" : last.code())
            + ". Write it again from the same source position to finish it.",
        last == null ? null : last.cause());
  }

  /** A write whose last attempt has failed, and whose time is up before another. */
  SluiceException afterAttempts(String table, @Nullable FailedAttempts attempts, TurnClock clock) {
    return atDeadline(table, attempts == null ? null : clock.atDeadline(attempts));
  }

  /** A write whose time is up while it waits for its turn, whatever it failed with before. */
  SluiceException waiting(String table, @Nullable FailedAttempts attempts) {
    return atDeadline(table, attempts == null ? null : attempts.last().asUnknown());
  }

  SystemException ofLedger(String ledger, Failure failure) {
    return system(ledger, "dynamodb:PutItem", failure);
  }

  SystemException ofRelease(String ledger, Failure failure) {
    return system(ledger, "dynamodb:DeleteItem", failure);
  }

  SystemException ofTable(String table, EffectRequest.Kind kind, Failure failure) {
    String permission =
        switch (kind) {
          case CREATE -> "dynamodb:PutItem (and dynamodb:PartiQLInsert)";
          case PUT, DELETE -> "dynamodb:BatchWriteItem";
          case PUT_IF_NEWER -> "dynamodb:PutItem";
          case UPDATE -> "dynamodb:UpdateItem";
        };
    return system(table, permission, failure);
  }

  /**
   * A failure of a transaction of one write, which does not say which of its tables is at fault.
   */
  SluiceException ofTransaction(
      String ledger, PendingWrite write, boolean partial, Failure failure) {
    Set<String> tables = new TreeSet<>(Set.of(ledger));
    write.effects.forEach(effect -> tables.add(effect.route().table().name()));
    if (failure.kind() == Failure.Kind.RECORD) {
      return new RejectedWriteException(
          "A transaction with the tables "
              + tables
              + " was rejected with "
              + failure.code()
              + applied(partial),
          failure.code(),
          partial,
          write.suffixes());
    }
    return system(
        String.join("' or '", tables),
        "dynamodb:PutItem, dynamodb:UpdateItem and dynamodb:DeleteItem",
        failure);
  }

  /**
   * What is told of a table that was looked at after a rejection, or null if its keys are right.
   */
  static @Nullable SystemException ofKeys(String table, KeySchemaReply reply) {
    if (reply instanceof KeySchemaReply.Other other) {
      return new SystemException(
          "The table '"
              + table
              + "' has the key "
              + other.found()
              + " by now, and rejects what is written by the key "
              + other.expected()
              + ". Make the table again with that key; for a data table, a new writer that works with"
              + " the key that is there does as well.",
          Failure.OTHER_KEYS,
          null);
    }
    if (reply instanceof KeySchemaReply.NoTable none) {
      return new SystemException(
          "The table '"
              + table
              + "' has rejected a request, and is not there any more. Make it again with the key "
              + none.expected()
              + '.',
          "ResourceNotFoundException",
          null);
    }
    return null;
  }

  private static SystemException system(String table, String permission, Failure failure) {
    return new SystemException(
        "A request to the table '"
            + table
            + "' failed with "
            + failure.code()
            + ". "
            + remedy(failure, permission),
        failure.code(),
        failure.cause());
  }

  private static String remedy(Failure failure, String permission) {
    return switch (failure.code()) {
      case "ResourceNotFoundException", "ResourceNotFound" ->
          "The table is not there (any more); create it, or mend the name or the region.";
      case "AccessDeniedException", "AccessDenied" ->
          "Permit " + permission + " on the table, and the use of its KMS key if it has one.";
      // Only the ledger's entries are ours alone.
      case "ValidationException", "ValidationError" ->
          "A ledger has the partition key '"
              + LedgerTable.PARTITION_KEY
              + "' of type S and no sort key; make the table again with"
              + " LedgerTable.createTableRequest() if it has another.";
      case "ForeignLedgerEntry" -> "Give Sluice a ledger table of its own.";
      case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture" ->
          "The clock of this machine is wrong; set it.";
      case "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure" ->
          "The clock of this machine or the secret key is wrong; check both.";
      case "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException" ->
          "The credentials are no longer valid; have the client fetch new ones.";
      case Failure.NOT_EXPLAINED ->
          "The endpoint does not show the item on which a condition fails"
              + " (ReturnValuesOnConditionCheckFailure), which Sluice needs; use one that does.";
      default ->
          "Check the client's credentials and setup; the cause of this exception says more, and is"
              + " not logged.";
    };
  }

  static RejectedWriteException rejected(
      String table,
      EffectRequest.Kind kind,
      Failure failure,
      boolean partial,
      List<Suffix> suffixes) {
    String hint =
        failure.code().equals(Failure.FOREIGN_VERSION)
            ? " The item that stands has a version attribute that is no number: mend the item, or"
                + " name another attribute with Table.versionedBy."
            : "";
    return new RejectedWriteException(
        "The table '"
            + table
            + "' rejected a "
            + kind
            + " with "
            + failure.code()
            + applied(partial)
            + hint,
        failure.code(),
        partial,
        suffixes);
  }

  private static String applied(boolean partial) {
    return partial
        ? "; some of its effects are applied, or may be or become so."
        : "; no effect of the write was applied.";
  }
}
