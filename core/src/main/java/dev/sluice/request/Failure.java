package dev.sluice.request;

import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/**
 * Says why a request, or one item of it, failed: by the class and error code, never by the message.
 * Only the codes of DynamoDB's own exceptions count ({@link ErrorCatalogue}); all other failures
 * are judged by their class ({@link ClientFailures}).
 *
 * @param kind what it means for the write
 * @param code the service's error code, or the class of a failure without one
 * @param cause the failure, or null where the service named only a code
 */
public record Failure(Kind kind, String code, @Nullable Throwable cause) {

  /**
   * Says what a failure means for the write, how severe it is, and whether it is final. Of several
   * failures of one write the severest decides: the system's before passing ones before the
   * record's own. So a record is given up only when everything about it is known.
   */
  public enum Kind {
    /** The content itself was rejected. */
    RECORD(0, true),
    /** It was over a rate limit; it was not applied. */
    THROTTLED(1, false),
    /** It met something else that is going on; it was not applied, and may go through later. */
    PASSING(1, false),
    /** Nothing is known: it may have been applied, and may still be. */
    UNKNOWN(1, false),
    /**
     * It failed for something around the request that a later attempt may find mended: the clock,
     * the credentials, another service that was asked for them, a code that is not known. It is
     * tried again; if it lasts until the deadline, it is the system's.
     */
    SYSTEM_IF_LASTING(2, false),
    /** Nothing of the sort will go through until somebody mends something. */
    SYSTEM(3, true);

    private final int severity;
    private final boolean isFinal;

    Kind(int severity, boolean isFinal) {
      this.severity = severity;
      this.isFinal = isFinal;
    }

    /** {@return whether it is not tried again} */
    public boolean isFinal() {
      return isFinal;
    }

    /** {@return whether nobody but the system's owner can mend it, once it has lasted} */
    public boolean isOfSystem() {
      return severity >= SYSTEM_IF_LASTING.severity;
    }

    /**
     * Whether this failure decides over another one of the same write.
     *
     * @param other the kind of the other failure
     * @return whether this one is severer
     */
    public boolean isSevererThan(Kind other) {
      return severity > other.severity;
    }
  }

  /** Whose limit a throttled request has run into. */
  public enum Limit {
    /** That of a range of keys, of the table or of an index: the key is hot. */
    KEY_RANGE,
    /** That of the table, of an index or of the account. */
    TABLE,
    /** The service does not say. */
    UNKNOWN
  }

  /** The code of a request to which no answer came within {@code requestTimeout}. */
  public static final String NO_ANSWER = "NoAnswer";

  /** The code of a version attribute that stands in a table and is no number. */
  public static final String FOREIGN_VERSION = "VersionIsNoNumber";

  /** The code of a condition that failed on an item that the reply does not show. */
  public static final String NOT_EXPLAINED = "ConditionNotExplained";

  /** The code of a table that has other keys by now than the writer works with. */
  public static final String OTHER_KEYS = "OtherKeySchema";

  static final String TOKEN_TAKEN = "IdempotentParameterMismatch";
  private static final String NO_CODE = "NoErrorCode";

  /** What the code of a response without one begins with. */
  private static final String STATUS = "HTTP ";

  private static final Set<String> ABSENT_OPERATIONS =
      Set.of(
          "UnknownOperation",
          "UnsupportedOperation",
          "OperationNotSupported",
          "InvalidAction",
          "NotImplemented",
          "SubscriptionRequired");

  /**
   * A failure as the SDK reports it.
   *
   * @param thrown what a call or its future failed with
   * @return what it means
   */
  public static Failure of(Throwable thrown) {
    Throwable failure = unwrap(thrown);
    if (failure instanceof DynamoDbException answer) {
      String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
      return ofCode(code, answer.statusCode(), answer);
    }
    return new Failure(ClientFailures.kindOf(failure), failure.getClass().getSimpleName(), failure);
  }

  /**
   * A failure of one part of a request: a statement of a batch that as a whole succeeded, or an
   * action of a transaction.
   *
   * @param code the part's error code, or null if the service gave none
   * @return what it means
   */
  public static Failure ofPart(@Nullable String code) {
    return ofCode(code, 0, null);
  }

  /** {@return the failure of a request to which no answer came in time} */
  public static Failure noAnswer() {
    return new Failure(Kind.UNKNOWN, NO_ANSWER, null);
  }

  /** {@return the failure of a condition on an item that the reply does not show} */
  public static Failure notExplained() {
    return new Failure(Kind.SYSTEM_IF_LASTING, NOT_EXPLAINED, null);
  }

  /** {@return the failure of a versioned put where an item has a version that is no number} */
  static Failure foreignVersion() {
    return new Failure(Kind.RECORD, FOREIGN_VERSION, null);
  }

  private static Failure ofCode(@Nullable String given, int status, @Nullable Throwable cause) {
    String code = given == null ? "" : given;
    String withoutCode = status == 0 ? NO_CODE : STATUS + status;
    return new Failure(
        ErrorCatalogue.kindOf(code, status), code.isEmpty() ? withoutCode : code, cause);
  }

  static Throwable unwrap(Throwable thrown) {
    Throwable at = thrown;
    while ((at instanceof CompletionException || at instanceof ExecutionException)
        && at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }

  /** {@return whether the content alone was at fault, so that it was rejected at every attempt} */
  public boolean isOfContent() {
    return isOfValidation() || is(FOREIGN_VERSION);
  }

  /** {@return whether the service found a request invalid: for its content, or for its keys} */
  public boolean isOfValidation() {
    return is("Validation") || is("ValidationError");
  }

  /** {@return whether what was sent may have been applied, or may be applied yet} */
  public boolean mayBeApplied() {
    // Only an answer of DynamoDB says that nothing was.
    return kind == Kind.UNKNOWN || !isAnswered();
  }

  /**
   * Whether DynamoDB itself has answered. A response without an error code comes from something
   * before it: a proxy, a gateway.
   *
   * @return whether it has
   */
  public boolean isAnswered() {
    return switch (kind) {
      case THROTTLED, PASSING -> true;
      case UNKNOWN -> false;
      case RECORD, SYSTEM, SYSTEM_IF_LASTING ->
          cause == null || (cause instanceof DynamoDbException && !code.startsWith(STATUS));
    };
  }

  /** {@return whether the answer is one that says why, so that no other attempt says more} */
  public boolean isExplained() {
    return kind != Kind.UNKNOWN && kind != Kind.SYSTEM_IF_LASTING;
  }

  /** {@return whether nothing was sent at all, or not to DynamoDB: no request was at fault} */
  public boolean isOfClient() {
    return kind == Kind.SYSTEM_IF_LASTING && cause != null && !(cause instanceof DynamoDbException);
  }

  /** {@return the same failure where it does not decide: nothing is known} */
  public Failure asUnknown() {
    return kind.isFinal() || kind.isOfSystem() ? new Failure(Kind.UNKNOWN, code, cause) : this;
  }

  /** {@return whether it is said that the caller may not do this} */
  public boolean isDenied() {
    return is("AccessDenied") || is(STATUS + 403);
  }

  /** {@return whether the operation is denied, or is not there at this endpoint or client} */
  boolean isOfOperation() {
    int status = cause instanceof DynamoDbException answer ? answer.statusCode() : 0;
    return isDenied()
        || ABSENT_OPERATIONS.contains(ErrorCatalogue.stem(code))
        || status == 404
        || status == 405
        || status == 501;
  }

  /** {@return whether another transaction went through under the token of this one} */
  public boolean isTokenTaken() {
    return is(TOKEN_TAKEN);
  }

  /**
   * Whether this failure decides over another one of the same write.
   *
   * @param other the other failure, or null if there is none
   * @return whether it does
   */
  public boolean isSevererThan(@Nullable Failure other) {
    return other == null || kind.isSevererThan(other.kind);
  }

  private boolean is(String stem) {
    return ErrorCatalogue.stem(code).equals(stem);
  }

  /** {@return whose limit was run into, by the reasons that exceptions carry} */
  public Limit limit() {
    return SdkFeatures.THROTTLING_REASONS ? ThrottlingLimits.of(cause) : Limit.UNKNOWN;
  }

  /**
   * Whether the limit that was run into may be that of one range of keys.
   *
   * @param index the index that the keys are of; empty for the table itself
   * @return false only where the service named others
   */
  public boolean isOfRange(String index) {
    return limit() != Limit.KEY_RANGE || ThrottlingLimits.ranges(cause).contains(index);
  }

  /** {@return the error code alone: the service's messages may quote items} */
  @Override
  public String toString() {
    return code;
  }
}
