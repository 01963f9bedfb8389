package dev.sluice.request;

import dev.sluice.model.KeySchema;

/** What came back for a question about the keys of a table. */
public sealed interface KeySchemaReply {

  /** The table has the keys that the writer works with. */
  record AsExpected() implements KeySchemaReply {}

  /**
   * The table has other keys.
   *
   * @param found those that it has
   * @param expected those that the writer works with
   */
  record Other(KeySchema found, KeySchema expected) implements KeySchemaReply {}

  /**
   * There is no such table.
   *
   * @param expected the keys that the writer works with
   */
  record NoTable(KeySchema expected) implements KeySchemaReply {}

  /**
   * The table could not be described.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements KeySchemaReply {}
}
