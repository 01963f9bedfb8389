package dev.sluice.benchmarks.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A poll's records in batches, one after the other, then a commit. Nothing is claimed. */
final class PlainBatches implements RecordHandler {
  private final HandRequests requests;
  private final Probe probe;

  PlainBatches(RunSetup setup, Probe probe) {
    this.requests = new HandRequests(setup);
    this.probe = probe;
  }

  @Override
  public void handle(
      Consumer<byte[], byte[]> consumer,
      ConsumerRecords<byte[], byte[]> records,
      long polledNanos,
      BooleanSupplier stopped) {
    List<Map<String, AttributeValue>> batch = new ArrayList<>(HandRequests.BATCH);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      batch.add(Delivery.of(record).itemOfDelivery());
      if (batch.size() == HandRequests.BATCH) {
        write(batch, polledNanos);
      }
    }
    if (!batch.isEmpty()) {
      write(batch, polledNanos);
    }
    consumer.commitAsync();
  }

  private void write(List<Map<String, AttributeValue>> batch, long polledNanos) {
    requests.putAll(batch).toCompletableFuture().join();
    probe.durable(batch.size(), polledNanos);
    batch.clear();
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
