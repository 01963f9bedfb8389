package dev.sluice.benchmarks.pipeline;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.internal.DrainingCloseable.DrainingMode;
import io.confluent.parallelconsumer.reactor.ReactorProcessor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * parallel-consumer by its reactive module, so that no thread waits for a request: each record's
 * conditional put, then its put, unordered, its share of the requests under way in each instance.
 */
final class ParallelConsumerPipeline implements Pipeline {
  private static final Duration CLOSE = Duration.ofSeconds(60);

  private final RunSetup setup;
  private final Probe probe;
  private final HandRequests requests;
  private final Phaser underWay = new Phaser(1);
  private final List<ReactorProcessor<byte[], byte[]>> processors = new ArrayList<>();

  ParallelConsumerPipeline(RunSetup setup, Probe probe) {
    this.setup = setup;
    this.probe = probe;
    this.requests = new HandRequests(setup);
  }

  @Override
  public void start() {
    for (int i = 0; i < setup.instances(); i++) {
      TimedConsumer consumer = new TimedConsumer(Clients.consumer(setup));
      ParallelConsumerOptions<byte[], byte[]> options =
          ParallelConsumerOptions.<byte[], byte[]>builder()
              .consumer(consumer)
              .ordering(ProcessingOrder.UNORDERED)
              .maxConcurrency(setup.inFlight() / setup.instances())
              .build();
      // By default two threads more would carry each record, which nothing here keeps waiting.
      ReactorProcessor<byte[], byte[]> processor =
          new ReactorProcessor<>(options, Schedulers::immediate);
      processors.add(processor);
      processor.subscribe(List.of(setup.topic()));
      processor.react(
          context -> Mono.fromFuture(write(context.getSingleConsumerRecord(), consumer)));
    }
  }

  /** The future has a value, since the processor waits for one. */
  private CompletableFuture<Boolean> write(
      ConsumerRecord<byte[], byte[]> record, TimedConsumer consumer) {
    Delivery delivery = Delivery.of(record);
    underWay.register();
    return requests
        .claim(delivery)
        .thenCompose(
            claimed ->
                claimed
                    ? requests.put(delivery.itemOfDelivery()).thenApply(put -> true)
                    : CompletableFuture.completedFuture(false))
        .thenApply(
            written -> {
              probe.durable(1, consumer.polledNanos(record));
              return written;
            })
        .whenComplete((written, thrown) -> underWay.arriveAndDeregister());
  }

  @Override
  public void close() {
    processors.parallelStream().forEach(each -> each.close(CLOSE, DrainingMode.DONT_DRAIN));
    underWay.arriveAndAwaitAdvance();
    requests.close();
  }
}
