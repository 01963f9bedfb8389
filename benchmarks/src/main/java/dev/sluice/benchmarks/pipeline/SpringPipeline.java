package dev.sluice.benchmarks.pipeline;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;

/**
 * Spring Kafka's container with a batch listener: it polls, hands over what a poll brought, and
 * commits when the listener returns, without waiting for the answer.
 */
final class SpringPipeline implements Pipeline {
  private final CarefulByHand careful;
  private final ConcurrentMessageListenerContainer<byte[], byte[]> container;

  SpringPipeline(RunSetup setup, Probe probe) {
    this.careful = new CarefulByHand(setup, probe);
    ContainerProperties properties = new ContainerProperties(setup.topic());
    properties.setGroupId(setup.group());
    properties.setAckMode(ContainerProperties.AckMode.BATCH);
    properties.setSyncCommits(false);
    BatchMessageListener<byte[], byte[]> listener =
        records -> careful.write(records, System.nanoTime());
    properties.setMessageListener(listener);
    this.container =
        new ConcurrentMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<>(Clients.consumer(setup)), properties);
    container.setConcurrency(setup.instances());
  }

  @Override
  public void start() {
    container.start();
  }

  @Override
  public void close() {
    container.stop();
    careful.close();
  }
}
