package dev.sluice.benchmarks.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** As many consumers as asked for, each polled by a thread of its own. */
final class PollLoops implements Pipeline {
  private static final Duration POLL = Duration.ofMillis(100);

  private final RunSetup setup;
  private final Probe probe;
  private final RecordHandler handler;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  PollLoops(RunSetup setup, Probe probe, RecordHandler handler) {
    this.setup = setup;
    this.probe = probe;
    this.handler = handler;
  }

  @Override
  public void start() {
    for (int i = 0; i < setup.instances(); i++) {
      Thread thread = new Thread(this::loop, "poll-loop-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void loop() {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Clients.consumer(setup))) {
      consumer.subscribe(List.of(setup.topic()));
      while (!stopped.get()) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          handler.handle(consumer, records, System.nanoTime(), stopped::get);
        }
      }
      handler.finish(consumer);
    } catch (RuntimeException e) {
      probe.failed(e);
    }
  }

  @Override
  public void close() {
    stopped.set(true);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handler.close();
  }
}
