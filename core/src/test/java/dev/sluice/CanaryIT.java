package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.LocalWorker.Tables;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.fault.Entries;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What callers write stands in no log line and in no message, whatever goes wrong with it. */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class CanaryIT {
  private static final String SECRET = "canary-4711";

  private final Tables tables;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final List<Throwable> failures = new ArrayList<>();

  CanaryIT(EmbeddedDynamoDb dynamo) {
    this.tables = Tables.create(dynamo);
  }

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setErr(err);
  }

  private static Map<String, AttributeValue> secretItem(int i) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", AttributeValue.fromS(SECRET + i));
    item.put("sk", AttributeValue.fromN("4711" + i));
    item.put("value", AttributeValue.fromS(SECRET));
    return item;
  }

  private Write secret(int i) {
    return Write.event(SECRET + i).put(tables.plain(), secretItem(i));
  }

  private LocalWorker impatient() {
    return LocalWorker.on(
        tables,
        b ->
            b.requestTimeout(Duration.ofMillis(200))
                .deliveryTimeout(Duration.ofMillis(400))
                .linger(Duration.ofMillis(3)));
  }

  private void failWith(String source, Fault... faults) throws Exception {
    try (LocalWorker worker = impatient()) {
      for (Fault fault : faults) {
        for (String operation : List.of("PutItem", "BatchWriteItem", "BatchExecuteStatement")) {
          worker.wire.reset();
          worker.wire.always(
              request -> request.operation().equals(operation) ? fault : Fault.none());
          for (int i = 0; i < 3; i++) {
            String event = SECRET + source + operation + fault.getClass() + i;
            collect(worker, source, Write.event(event).put(tables.plain(), secretItem(i)));
            collect(
                worker,
                source,
                Write.event(event + "c").create(tables.plain(), secretItem(i + 10)));
          }
        }
      }
      worker.wire.reset();
    }
  }

  private void collect(LocalWorker worker, String source, Write write) throws Exception {
    try {
      var ended = worker.write(source, write).get(30, TimeUnit.SECONDS);
      assertThat(ended.toString()).doesNotContain(SECRET);
    } catch (ExecutionException e) {
      failures.add(e.getCause());
    }
  }

  private void assertSilent() {
    for (Throwable failure : failures) {
      for (Throwable at = failure; at != null; at = at.getCause()) {
        assertThat(String.valueOf(at.getMessage())).doesNotContain(SECRET).doesNotContain("4711");
      }
    }
    assertThat(logged.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET);
  }

  @Test
  void failuresOfRequests() throws Exception {
    String quoting = "One or more parameter values were invalid: " + SECRET;
    failWith(
        "t/0/1",
        Fault.throttle(),
        Fault.internalServerError(),
        Fault.serviceUnavailable(),
        Fault.swallowRequest(),
        Fault.failBeforeSending());
    try (LocalWorker worker = impatient()) {
      worker.wire.always(
          request ->
              request.body().contains(tables.ledger())
                  ? Fault.none()
                  : Fault.error(400, "ValidationException", quoting));
      collect(worker, "t/0/2", secret(201));
      collect(worker, "t/0/3", Write.event(SECRET + 202).create(tables.plain(), secretItem(202)));
      worker.wire.always(request -> Fault.error(400, "AccessDeniedException", "Not authorized"));
      collect(worker, "t/0/4", secret(203));
    }

    assertThat(failures).hasSizeGreaterThan(15);
    assertThat(failures).allSatisfy(f -> assertThat(f).isInstanceOf(SluiceException.class));
    assertSilent();
  }

  @Test
  void writesThatAreRejected() throws Exception {
    try (LocalWorker worker = impatient()) {
      Map<String, AttributeValue> large = secretItem(1);
      large.put("large", AttributeValue.fromS(SECRET.repeat(50_000)));
      Map<String, AttributeValue> noNumber = secretItem(1);
      noNumber.put("n", AttributeValue.fromN(SECRET));
      Map<String, AttributeValue> wrongKey = secretItem(1);
      wrongKey.put("sk", AttributeValue.fromS(SECRET));
      Map<String, AttributeValue> twice = secretItem(1);
      twice.put("set", AttributeValue.fromSs(List.of(SECRET, SECRET)));
      for (Map<String, AttributeValue> item : List.of(large, noNumber, wrongKey, twice)) {
        collect(worker, "t/1/1", Write.event(SECRET).put(tables.plain(), item));
      }
      collect(worker, "t/1/2", Write.event(SECRET).delete(tables.plain(), secretItem(1)));
      collect(worker, "t/1/3", Write.event(SECRET.repeat(300)).put(tables.plain(), secretItem(1)));
      collect(worker, "t/1/4", secret(1).put(tables.plain(), secretItem(1)));
    }

    assertThat(failures).hasSize(7);
    assertSilent();
  }

  @Test
  void foreignEntriesDuplicatesAndConflicts() throws Exception {
    tables
        .dynamo()
        .client()
        .putItem(
            put ->
                put.tableName(tables.ledger())
                    .item(
                        Map.of(
                            "id", AttributeValue.fromS("test#" + SECRET + 300),
                            "src", AttributeValue.fromS("x"),
                            "mode", AttributeValue.fromS(SECRET),
                            "expireAt", AttributeValue.fromN("99999999999"))))
        .join();
    try (LocalWorker worker = impatient()) {
      collect(worker, "t/2/0", secret(300));
      byte[] content = SECRET.getBytes(StandardCharsets.UTF_8);
      collect(worker, "t/2/1", secret(301).fingerprintOf(content));
      collect(worker, "t/2/2", secret(301).fingerprintOf(content));
      collect(worker, "t/2/3", secret(301).fingerprintOf(new byte[0]));
    }

    assertThat(failures).hasSize(1);
    assertSilent();
  }

  @Test
  void whatAListenerThrowsAndWhatIsNotPermitted() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.wire.failNext(
          "BatchExecuteStatement",
          Fault.statementErrors("AccessDenied", Entries.all()),
          Fault.statementErrors("AccessDenied", Entries.all()));
      worker.writeAll(
          13, "t/3", i -> Write.event(SECRET + i).create(tables.plain(), secretItem(400 + i)));
      assertThat(worker.outcomes()).hasOnlyElementsOfType(Outcome.Applied.class);
      worker.writer.tryWrite(
          new SourcePosition("t/3/99"),
          secret(99),
          new WriteListener() {
            @Override
            public void completed(Outcome outcome) {
              told.countDown();
              throw new IllegalStateException(SECRET);
            }

            @Override
            public void failed(SluiceException failure) {
              throw failure;
            }
          });
      assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    }

    // The writer speaks, so that its silence about the secret means something.
    assertThat(logged.toString(StandardCharsets.UTF_8))
        .contains("A listener threw java.lang.IllegalStateException")
        .contains("BatchExecuteStatement was rejected with AccessDenied");
    assertSilent();
  }
}
