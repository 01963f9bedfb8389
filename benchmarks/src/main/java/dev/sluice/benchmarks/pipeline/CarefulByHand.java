package dev.sluice.benchmarks.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a careful engineer writes: the conditional puts of a whole poll under way together, then the
 * items of those that succeeded, its batches under way together too, then a commit.
 */
final class CarefulByHand implements RecordHandler {
  private final HandRequests requests;
  private final Probe probe;

  CarefulByHand(RunSetup setup, Probe probe) {
    this.requests = new HandRequests(setup);
    this.probe = probe;
  }

  @Override
  public void handle(
      Consumer<byte[], byte[]> consumer,
      ConsumerRecords<byte[], byte[]> records,
      long polledNanos,
      BooleanSupplier stopped) {
    List<ConsumerRecord<byte[], byte[]>> list = new ArrayList<>(records.count());
    records.forEach(list::add);
    write(list, polledNanos);
    consumer.commitAsync();
  }

  /** Returns when the effects of all records are durable. */
  void write(List<ConsumerRecord<byte[], byte[]>> records, long polledNanos) {
    List<Delivery> deliveries = new ArrayList<>(records.size());
    List<CompletableFuture<Boolean>> claims = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Delivery delivery = Delivery.of(record);
      deliveries.add(delivery);
      claims.add(requests.claim(delivery));
    }
    List<CompletableFuture<Void>> batches = new ArrayList<>();
    List<Map<String, AttributeValue>> batch = new ArrayList<>(HandRequests.BATCH);
    // A batch goes as soon as the claims of its items are answered.
    for (int i = 0; i < deliveries.size(); i++) {
      if (claims.get(i).join()) {
        batch.add(deliveries.get(i).itemOfDelivery());
      } else {
        probe.durable(1, polledNanos);
      }
      boolean last = i == deliveries.size() - 1;
      if (batch.size() == HandRequests.BATCH || (last && !batch.isEmpty())) {
        batches.add(putAll(batch, polledNanos));
        batch = new ArrayList<>(HandRequests.BATCH);
      }
    }
    CompletableFuture.allOf(batches.toArray(CompletableFuture[]::new)).join();
  }

  private CompletableFuture<Void> putAll(
      List<Map<String, AttributeValue>> batch, long polledNanos) {
    return requests
        .putAll(batch)
        .thenRun(() -> probe.durable(batch.size(), polledNanos))
        .toCompletableFuture();
  }

  @Override
  public void finish(Consumer<byte[], byte[]> consumer) {
    consumer.commitSync();
  }

  @Override
  public void close() {
    requests.close();
  }
}
