package dev.sluice.request;

import dev.sluice.model.KeySchema;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * Finds out whether a table has the keys that the writer works with, by {@code DescribeTable}: it
 * may have been deleted and made again with others.
 */
public final class KeySchemaRead {
  private final RequestSettings settings;
  private final String table;
  private final KeySchema expected;
  private final OptionalOperation operation;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table
   * @param expected the keys that the writer works with; those of indexes do not count
   */
  public KeySchemaRead(RequestSettings settings, String table, KeySchema expected) {
    this.settings = settings;
    this.table = table;
    this.expected = expected;
    this.operation =
        new OptionalOperation(
            settings.clock(),
            table,
            "DescribeTable",
            "dynamodb:DescribeTable",
            "a table that is made again with other keys is not noticed, and what it rejects counts"
                + " as the records' fault");
  }

  /** {@return the table} */
  public String table() {
    return table;
  }

  /**
   * {@return whether the table may not be described, or not by this endpoint or client, for now}
   */
  public boolean isAbsent() {
    return operation.isAbsent();
  }

  /** {@return what keys the table has; never fails} */
  public CompletableFuture<KeySchemaReply> send() {
    DescribeTableRequest request =
        DescribeTableRequest.builder()
            .tableName(table)
            .overrideConfiguration(settings.override())
            .build();
    return RequestSettings.answer(
            OptionalOperation.call(() -> settings.client().describeTable(request)))
        .handle(this::reply);
  }

  private KeySchemaReply reply(
      @Nullable DescribeTableResponse response, @Nullable Throwable thrown) {
    KeySchema found =
        response == null || response.table() == null
            ? null
            : TableDescription.keysOf(response.table());
    if (found == null) {
      return failed(thrown == null ? new IllegalStateException("no keys") : thrown);
    }
    operation.present();
    return found.toString().equals(expected.toString())
        ? new KeySchemaReply.AsExpected()
        : new KeySchemaReply.Other(found, expected);
  }

  private KeySchemaReply failed(Throwable thrown) {
    if (Failure.unwrap(thrown) instanceof ResourceNotFoundException) {
      return new KeySchemaReply.NoTable(expected);
    }
    Failure failure = Failure.of(thrown);
    if (failure.isOfOperation()) {
      operation.absent(failure);
    }
    return new KeySchemaReply.Failed(failure);
  }
}
