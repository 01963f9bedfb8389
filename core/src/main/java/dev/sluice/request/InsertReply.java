package dev.sluice.request;

import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;

/** What came back for a batch of {@code INSERT} statements. */
sealed interface InsertReply {

  /**
   * Each statement was answered for itself.
   *
   * @param statements the answers in the order of the request
   */
  record PerStatement(List<BatchStatementResponse> statements) implements InsertReply {}

  /**
   * The request failed as a whole.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements InsertReply {}

  /** Such statements are denied or not known, and what was to be inserted must be put. */
  record Absent() implements InsertReply {}
}
