package dev.sluice.testkit.simulated.engine;

/** The operations that are simulated. */
public enum Operation {
  /** Reads up to 100 items by key. */
  BATCH_GET_ITEM("BatchGetItem"),
  /** Runs up to 25 PartiQL statements. */
  BATCH_EXECUTE_STATEMENT("BatchExecuteStatement"),
  /** Puts and deletes up to 25 items. */
  BATCH_WRITE_ITEM("BatchWriteItem"),
  /** Makes a table. */
  CREATE_TABLE("CreateTable"),
  /** Deletes one item. */
  DELETE_ITEM("DeleteItem"),
  /** Deletes a table. */
  DELETE_TABLE("DeleteTable"),
  /** Describes a table. */
  DESCRIBE_TABLE("DescribeTable"),
  /** Says which attribute items expire by. */
  DESCRIBE_TIME_TO_LIVE("DescribeTimeToLive"),
  /** Reads one item by key. */
  GET_ITEM("GetItem"),
  /** Lists the tables. */
  LIST_TABLES("ListTables"),
  /** Puts one item. */
  PUT_ITEM("PutItem"),
  /** Reads the items of one partition key in order. */
  QUERY("Query"),
  /** Reads all items. */
  SCAN("Scan"),
  /** Makes up to 100 changes, all or none. */
  TRANSACT_WRITE_ITEMS("TransactWriteItems"),
  /** Changes attributes of one item. */
  UPDATE_ITEM("UpdateItem"),
  /** Sets which attribute items expire by. */
  UPDATE_TIME_TO_LIVE("UpdateTimeToLive");

  private final String wireName;

  Operation(String wireName) {
    this.wireName = wireName;
  }

  /** {@return the name of the API, such as {@code PutItem}} */
  public String wireName() {
    return wireName;
  }
}
