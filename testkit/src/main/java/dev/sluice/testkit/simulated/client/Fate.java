package dev.sluice.testkit.simulated.client;

import dev.sluice.testkit.simulated.engine.Operation;

/**
 * What becomes of a request. Most are drawn when the request is made; the last ones come about by
 * what happens later, and are only counted.
 */
public enum Fate {
  /** Applied, and answered. */
  SERVED(Scope.DATA),

  /** Refused for its rate; not applied. */
  THROTTLED(Scope.DATA),

  /** Answered with status 500; not applied. */
  FAILED_BEFORE(Scope.DATA),

  /** Answered with status 500; applied. */
  FAILED_AFTER(Scope.DATA),

  /** The connection breaks; not applied. */
  RESET(Scope.DATA),

  /** The connection breaks before the reply is there; applied. */
  REPLY_LOST(Scope.DATA),

  /** The caller's timeout passes, and the request is applied later than that. */
  LATE(Scope.DATA),

  /** The future never completes, whatever the timeout; not applied. */
  SILENT(Scope.DATA),

  /** The future never completes, whatever the timeout; applied. */
  SILENT_APPLIED(Scope.DATA),

  /** Some of a batch come back as unprocessed; the others are applied. */
  PARTLY(Scope.BATCH),

  /**
   * Some statements of a batch are answered with errors: throttles and conflicts, which are not
   * applied, and internal errors, which may be. The others are executed.
   */
  STATEMENT_ERRORS(Scope.STATEMENTS),

  /** A transaction is at the item; not applied. */
  CONFLICT(Scope.CONDITIONAL),

  /**
   * What the client asks before it sends, a credentials provider say, is refused by another
   * service, with an error code that DynamoDB has, too; not sent.
   */
  OTHER_SERVICE(Scope.DATA),

  /**
   * Refused with a code for the request's time or credentials, or with one that nobody knows; not
   * applied.
   */
  ODD_CODE(Scope.DATA),

  /**
   * Served by an endpoint that explains little: a condition that fails does not show its item, and
   * a cancelled transaction gives fewer reasons than it has actions.
   */
  UNEXPLAINED(Scope.CONDITIONAL),

  /** Came about: the reply took longer than the caller's own timeout. */
  TIMED_OUT(Scope.NONE),

  /** Came about: the worker died, and its request was applied after that. */
  LANDED_AFTER_CRASH(Scope.NONE),

  /** Came about: the worker died, and its request was never applied. */
  LOST_IN_CRASH(Scope.NONE),

  /** Came about: the worker died before the reply to a request that was applied. */
  REPLY_LOST_IN_CRASH(Scope.NONE),

  /** Came about: made by a worker that was dead already; not sent. */
  UNSENT(Scope.NONE);

  /** The operations that a fate can be drawn for. */
  private enum Scope {
    DATA,
    BATCH,
    STATEMENTS,
    CONDITIONAL,
    NONE
  }

  private final Scope scope;

  Fate(Scope scope) {
    this.scope = scope;
  }

  /** {@return whether it can be drawn for an operation: one on items, where it makes sense} */
  public boolean appliesTo(Operation operation) {
    return switch (scope) {
      case NONE -> false;
      case STATEMENTS -> operation == Operation.BATCH_EXECUTE_STATEMENT;
      case BATCH ->
          operation == Operation.BATCH_WRITE_ITEM || operation == Operation.BATCH_GET_ITEM;
      case CONDITIONAL ->
          operation == Operation.PUT_ITEM
              || operation == Operation.UPDATE_ITEM
              || operation == Operation.DELETE_ITEM
              || operation == Operation.TRANSACT_WRITE_ITEMS;
      case DATA ->
          switch (operation) {
            case CREATE_TABLE,
                DELETE_TABLE,
                DESCRIBE_TABLE,
                DESCRIBE_TIME_TO_LIVE,
                LIST_TABLES,
                UPDATE_TIME_TO_LIVE ->
                false;
            default -> true;
          };
    };
  }
}
