package dev.sluice.request;

import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * The operations on the ledger.
 *
 * @param table the ledger table
 * @param time by which claims expire
 * @param put makes one claim, and shows the entry that stands in its way
 * @param inserts makes claims in batches
 * @param reads shows the entries that stand in the way of claims
 * @param delete releases a claim
 * @param transact makes claims and their effects in one
 * @param keys shows whether the table has a ledger's keys still
 */
public record LedgerRequests(
    LedgerTable table,
    ServiceTime time,
    ClaimPut put,
    ClaimInserts inserts,
    ClaimReads reads,
    ClaimDelete delete,
    TransactWrite transact,
    KeySchemaRead keys) {

  /**
   * The operations on a ledger.
   *
   * @param settings what all operations share
   * @param table the ledger table
   * @param time by which claims expire
   * @return its operations
   */
  public static LedgerRequests of(RequestSettings settings, LedgerTable table, ServiceTime time) {
    return new LedgerRequests(
        table,
        time,
        new ClaimPut(settings, table, time),
        new ClaimInserts(settings, table, time),
        new ClaimReads(settings, table, time),
        new ClaimDelete(settings, table),
        new TransactWrite(settings, table, time),
        new KeySchemaRead(
            settings,
            table.name(),
            KeySchema.of(LedgerTable.PARTITION_KEY, ScalarAttributeType.S)));
  }
}
