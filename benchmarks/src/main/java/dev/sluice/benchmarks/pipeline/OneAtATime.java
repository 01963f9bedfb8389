package dev.sluice.benchmarks.pipeline;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Each record by itself: claim it, put its item, commit. */
final class OneAtATime implements RecordHandler {
  private final HandRequests requests;
  private final Probe probe;
  private final boolean claims;

  private OneAtATime(RunSetup setup, Probe probe, boolean claims) {
    this.requests = new HandRequests(setup);
    this.probe = probe;
    this.claims = claims;
  }

  static RecordHandler claimed(RunSetup setup, Probe probe) {
    return new OneAtATime(setup, probe, true);
  }

  /** Without the claim. */
  static RecordHandler plain(RunSetup setup, Probe probe) {
    return new OneAtATime(setup, probe, false);
  }

  @Override
  public void handle(
      Consumer<byte[], byte[]> consumer,
      ConsumerRecords<byte[], byte[]> records,
      long polledNanos,
      BooleanSupplier stopped) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (stopped.getAsBoolean()) {
        return;
      }
      Delivery delivery = Delivery.of(record);
      if (!claims || requests.claim(delivery).join()) {
        requests.put(delivery.itemOfDelivery()).join();
      }
      probe.durable(1, polledNanos);
      consumer.commitSync(
          Map.of(
              new TopicPartition(record.topic(), record.partition()),
              new OffsetAndMetadata(record.offset() + 1)));
    }
  }

  @Override
  public void close() {
    requests.close();
  }
}
