package dev.sluice.benchmarks.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** As many consumers as asked for, each polled by a thread of its own. */
final class PollLoops implements Pipeline {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration JOINING = Duration.ofMillis(5);

  private final RunSetup setup;
  private final Probe probe;
  private final RecordHandler handler;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger members = new AtomicInteger();
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

  /** Who is busy with what a poll brought keeps those out that join: first all get their share. */
  private void join(KafkaConsumer<byte[], byte[]> consumer, PausedAtFirst paused) {
    boolean joined = false;
    while (!stopped.get() && members.get() < setup.instances()) {
      consumer.poll(JOINING);
      boolean has = consumer.assignment().size() == EventLog.PARTITIONS / setup.instances();
      if (has != joined) {
        joined = has;
        members.addAndGet(has ? 1 : -1);
      }
    }
    paused.joining = false;
    consumer.resume(consumer.assignment());
  }

  /** Takes nothing of a partition until all have joined. */
  private static final class PausedAtFirst implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private boolean joining = true;

    PausedAtFirst(KafkaConsumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (joining) {
        consumer.pause(partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // Nothing is under way when partitions move.
    }
  }

  private void loop() {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Clients.consumer(setup))) {
      PausedAtFirst paused = new PausedAtFirst(consumer);
      consumer.subscribe(List.of(setup.topic()), paused);
      join(consumer, paused);
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
