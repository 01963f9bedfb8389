package dev.sluice;

import dev.sluice.fake.FakeDynamoDb;
import dev.sluice.fake.Worker;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Table;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A writer on its own threads over a fake DynamoDB that answers on one thread. */
final class RealTimeWriter implements AutoCloseable {
  private final ScheduledExecutorService service = Executors.newSingleThreadScheduledExecutor();
  final FakeDynamoDb dynamo;
  final IdempotentWriter writer;

  private RealTimeWriter(UnaryOperator<IdempotentWriterBuilder> settings) {
    dynamo =
        new FakeDynamoDb(service, InstantSource.system())
            .table(Worker.LEDGER, KeyAttribute.string("id"))
            .table(Worker.PLAIN, KeyAttribute.string("pk"), KeyAttribute.number("sk"));
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(dynamo)
            .ledger(LedgerTable.named(Worker.LEDGER).scope("test"))
            .table(
                Table.named(Worker.PLAIN)
                    .keys(
                        KeySchema.of("pk", ScalarAttributeType.S)
                            .sortedBy("sk", ScalarAttributeType.N)))
            .withoutTableCheck()
            // The fake is not for several threads: all requests come from the thread that answers.
            .requestExecutor(service);
    writer = settings.apply(builder).build();
  }

  static RealTimeWriter start() {
    return start(UnaryOperator.identity());
  }

  static RealTimeWriter start(UnaryOperator<IdempotentWriterBuilder> settings) {
    return new RealTimeWriter(settings);
  }

  /** Threads of any writer that do not end by themselves now. */
  List<String> liveThreads() throws InterruptedException {
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("sluice-writer-"))
            .toList();
    for (Thread thread : threads) {
      thread.join(1000);
    }
    return threads.stream().filter(Thread::isAlive).map(Thread::getName).toList();
  }

  /** Stops the thread that answers. */
  void stopAnswering() {
    service.shutdownNow();
  }

  @Override
  public void close() {
    writer.close();
    stopAnswering();
  }
}
