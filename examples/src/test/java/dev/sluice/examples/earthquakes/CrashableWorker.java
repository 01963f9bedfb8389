package dev.sluice.examples.earthquakes;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Table;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.fault.FaultPolicy;
import dev.sluice.testkit.fault.FaultyHttpClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * A service whose death is simulated: from one moment on nothing that it does reaches the broker or
 * the tables, as if its process had been killed. Its memory lives on, and must not matter.
 */
final class CrashableWorker {
  private final FaultyHttpClient http;
  private final DynamoDbAsyncClient dynamo;
  private final IdempotentWriter writer;
  private final IdempotentConsumer consumer;
  private final boolean leavesGroup;
  private final long crashAtRequest;
  private volatile boolean crashed;

  /** Where a worker reads and writes. */
  record Place(
      Map<String, Object> kafka,
      EmbeddedDynamoDb dynamo,
      String topic,
      String deadLetterTopic,
      RecordMapper mapper) {}

  private CrashableWorker(
      Place place, FaultPolicy faults, long crashAtRequest, boolean leavesGroup) {
    this.leavesGroup = leavesGroup;
    this.crashAtRequest = crashAtRequest;
    this.http = FaultyHttpClient.around(EmbeddedDynamoDb.httpClientBuilder().build());
    this.dynamo = place.dynamo().clientBuilder().httpClient(http).build();
    this.writer =
        IdempotentWriter.builder(dynamo)
            .ledger(EarthquakeTables.LEDGER)
            .table(Table.named(EarthquakeTables.EARTHQUAKES), EarthquakeTables.SHARDER)
            .requestTimeout(Duration.ofSeconds(1))
            .deliveryTimeout(Duration.ofSeconds(3))
            .build();
    this.consumer =
        IdempotentConsumer.builder(place.kafka(), writer)
            .topics(place.topic())
            .mapper(place.mapper())
            .deadLetterTopic(place.deadLetterTopic())
            .options(
                ConsumerOptions.builder()
                    .commitInterval(Duration.ofMillis(100))
                    .maxOpenRecords(53)
                    .build())
            .consumerFactory(settings -> mortal(Consumer.class, new KafkaConsumer<>(settings)))
            .producerFactory(settings -> mortal(Producer.class, new KafkaProducer<>(settings)))
            .build();
    http.always(
        request -> {
          if (request.number() >= crashAtRequest) {
            crash();
          }
          return faults.decide(request);
        });
  }

  /**
   * Starts a worker.
   *
   * @param faults what happens to its requests before it dies
   * @param crashAtRequest the number of the request at which it dies
   * @param leavesGroup whether the broker notices at once
   */
  static CrashableWorker start(
      Place place, FaultPolicy faults, long crashAtRequest, boolean leavesGroup) {
    CrashableWorker worker = new CrashableWorker(place, faults, crashAtRequest, leavesGroup);
    worker.consumer.start();
    return worker;
  }

  private void crash() {
    crashed = true;
    http.crash();
  }

  boolean hasCrashed() {
    return crashed;
  }

  boolean isToCrash() {
    return crashAtRequest < Long.MAX_VALUE;
  }

  /** A Kafka client that does nothing any more once its process is dead. */
  private <T> T mortal(Class<?> type, T client) {
    @SuppressWarnings("unchecked") // the proxy has the interface that was asked for
    T proxy =
        (T)
            Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> {
                  if (crashed && !method.getName().equals("close")) {
                    throw new KafkaException("this process is dead");
                  }
                  if (crashed && client instanceof KafkaConsumer<?, ?> dead) {
                    dead.close(afterDeath());
                    return null;
                  }
                  try {
                    return method.invoke(client, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return proxy;
  }

  private CloseOptions afterDeath() {
    return CloseOptions.timeout(Duration.ofSeconds(1))
        .withGroupMembershipOperation(
            leavesGroup
                ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
  }

  /** Closes what is left of it, in order if it still lives. */
  void close() {
    consumer.close(Duration.ofSeconds(10));
    writer.close(crashed ? Duration.ZERO : Duration.ofSeconds(5));
    dynamo.close();
    http.close();
  }
}
