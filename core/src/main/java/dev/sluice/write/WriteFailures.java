package dev.sluice.write;

import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.request.EffectRequest;
import dev.sluice.request.Failure;
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

  UnknownOutcomeException unknown(@Nullable Failure last) {
    return new UnknownOutcomeException(
        "The write did not end within "
            + deliveryTimeout
            + " (deliveryTimeout); the last failure was "
            + (last == null ? "none: it was still waiting its turn" : last.code())
            + ". Write it again from the same source position to finish it.",
        last == null ? null : last.cause());
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
  SluiceException ofTransaction(String ledger, PendingWrite write, Failure failure) {
    Set<String> tables = new TreeSet<>(Set.of(ledger));
    write.effects.forEach(effect -> tables.add(effect.route().table().name()));
    if (failure.kind() == Failure.Kind.RECORD) {
      return new RejectedWriteException(
          "A transaction with the tables "
              + tables
              + " was refused with "
              + failure.code()
              + "; no effect of the write was applied.",
          failure.code(),
          false,
          write.suffixes());
    }
    return system(
        String.join("' or '", tables),
        "dynamodb:PutItem, dynamodb:UpdateItem and dynamodb:DeleteItem",
        failure);
  }

  private static SystemException system(String table, String permission, Failure failure) {
    String remedy =
        switch (failure.code()) {
          case "ResourceNotFoundException", "ResourceNotFound" ->
              "The table is not there (any more); create it, or mend the name or the region.";
          case "AccessDeniedException", "AccessDenied" -> "Permit " + permission + " on the table.";
          case "ForeignLedgerEntry" -> "Give Sluice a ledger table of its own.";
          default -> "Check the client's credentials and setup; the cause says more.";
        };
    return new SystemException(
        "A request to the table '" + table + "' failed with " + failure.code() + ". " + remedy,
        failure.code(),
        failure.cause());
  }

  static RejectedWriteException rejected(
      String table,
      EffectRequest.Kind kind,
      Failure failure,
      boolean partial,
      List<Suffix> suffixes) {
    return new RejectedWriteException(
        "The table '"
            + table
            + "' refused a "
            + kind
            + " with "
            + failure.code()
            + (partial
                ? "; some of its effects are applied, or may be or become so."
                : "; no effect of the write was applied."),
        failure.code(),
        partial,
        suffixes);
  }
}
