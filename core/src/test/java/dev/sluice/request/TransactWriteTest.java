package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SourcePosition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

/** One token, one request: whatever the threads that send it. */
class TransactWriteTest {
  private static final Instant START = Instant.ofEpochSecond(1_000_000);

  private final Client client = new Client();
  private final Transaction transaction =
      new Transaction(
          List.of(
              new Transaction.Event(
                  new LedgerEntry(
                      "s#e",
                      new SourcePosition("t/0/1"),
                      LedgerEntry.Mode.TRANSACTIONAL,
                      Fingerprint.of(new byte[] {1}),
                      List.of(),
                      null),
                  List.of())),
          "token");

  private static final class Client implements DynamoDbAsyncClient {
    final List<TransactWriteItemsRequest> sent = new ArrayList<>();

    @Override
    public CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
        TransactWriteItemsRequest request) {
      sent.add(request);
      return CompletableFuture.completedFuture(TransactWriteItemsResponse.builder().build());
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  /** Sends the transaction again while its first attempt, which is slow, has read the time. */
  private final class OvertakenClock {
    private boolean overtaken;
    private TransactWrite write;

    Instant now() {
      if (overtaken) {
        return START.plusSeconds(7);
      }
      overtaken = true;
      send(write);
      return START;
    }
  }

  private void send(TransactWrite write) {
    var unused = write.send(transaction, new Consumption(false)).join();
  }

  @Test
  void anAttemptThatOvertakesAnotherSendsTheSameRequest() {
    OvertakenClock clock = new OvertakenClock();
    clock.write =
        new TransactWrite(
            new RequestSettings(
                client,
                AwsRequestOverrideConfiguration.builder().build(),
                WriterMetrics.disabled(),
                InstantSource.system()),
            LedgerTable.named("ledger").scope("s"),
            new ServiceTime(clock::now));
    send(clock.write);

    assertThat(client.sent).hasSize(2);
    assertThat(new HashSet<>(client.sent)).hasSize(1);
  }
}
