package dev.sluice.request;

import dev.sluice.model.LedgerTable;
import dev.sluice.model.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/**
 * Warns at the start if items do not expire as it was declared. It only warns: without an answer, a
 * permission or time it is silent, and it holds up the start for two seconds at most.
 */
public final class ExpirySettings {
  private static final Logger log = LoggerFactory.getLogger(ExpirySettings.class);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final DynamoDbAsyncClient client;
  private final StartTime start;
  private final List<Question> questions = new ArrayList<>();

  /** A question that was asked: the judge is told the attribute by which items expire, or null. */
  private record Question(
      String table,
      CompletableFuture<DescribeTimeToLiveResponse> answer,
      Consumer<@Nullable String> judge) {}

  /**
   * Creates the check.
   *
   * @param client the client to ask with
   * @param start the time that is left
   */
  public ExpirySettings(DynamoDbAsyncClient client, StartTime start) {
    this.client = client;
    this.start = start;
  }

  /**
   * Asks how the ledger's entries expire.
   *
   * @param ledger the ledger
   */
  public void ask(LedgerTable ledger) {
    ask(ledger.name(), enabled -> judge(ledger, enabled));
  }

  /**
   * Asks how a table's items expire.
   *
   * @param table the table
   */
  public void ask(Table table) {
    ask(table.name(), enabled -> judge(table, enabled));
  }

  private void ask(String table, Consumer<@Nullable String> judge) {
    CompletableFuture<DescribeTimeToLiveResponse> answer;
    try {
      answer = client.describeTimeToLive(r -> r.tableName(table));
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    questions.add(new Question(table, answer, judge));
  }

  /** Waits for the answers and warns. */
  public void warn() {
    Duration end = start.left().minus(LONGEST);
    for (Question question : questions) {
      Duration left = start.left();
      try {
        TimeToLiveDescription found =
            start
                .await(question.answer, end.isNegative() ? left : left.minus(end))
                .timeToLiveDescription();
        question.judge.accept(found == null ? null : enabled(found));
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        question.answer.cancel(true);
        log.debug("Table {}: its TTL setting could not be read.", question.table);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static @Nullable String enabled(TimeToLiveDescription found) {
    boolean on =
        found.timeToLiveStatus() == TimeToLiveStatus.ENABLED
            || found.timeToLiveStatus() == TimeToLiveStatus.ENABLING;
    return on ? found.attributeName() : null;
  }

  private static void judge(LedgerTable ledger, @Nullable String enabled) {
    if (!LedgerTable.EXPIRY.equals(enabled)) {
      log.warn(
          "Ledger {}: TTL is not enabled on '{}', so claims are never deleted and the table only"
              + " grows. LedgerTable.timeToLiveRequest() enables it.",
          ledger,
          LedgerTable.EXPIRY);
    }
  }

  private static void judge(Table table, @Nullable String enabled) {
    String declared = table.expiryAttribute().orElse(null);
    if (enabled != null && !enabled.equals(declared)) {
      log.warn(
          "Table {}: its items expire by '{}', and {}. An item that has expired and still stands"
              + " keeps a create or putIfNewer out, and is deleted later. Declare it with"
              + " Table.expiresBy(\"{}\").",
          table,
          enabled,
          declared == null ? "no expiry is declared" : "'" + declared + "' is declared",
          enabled);
    } else if (enabled == null && declared != null) {
      log.warn(
          "Table {}: TTL is not enabled on '{}', by which its items are declared to expire: those"
              + " that have expired are replaced, and never deleted. Enable it, or leave out"
              + " Table.expiresBy.",
          table,
          declared);
    }
  }
}
