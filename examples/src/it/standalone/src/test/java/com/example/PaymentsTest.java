package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a user's first test might look like. */
@ExtendWith(EmbeddedServers.class)
class PaymentsTest {

  @Test
  void aPaymentThatComesTwiceIsInTheTableOnce(EmbeddedKafka kafka, EmbeddedDynamoDb dynamo)
      throws InterruptedException {
    LedgerTable ledger = LedgerTable.named("event-ledger").scope("billing");
    dynamo.client().createTable(ledger.createTableRequest()).join();
    dynamo.createTable("payments", KeyAttribute.string("id"));
    kafka.createTopic("payments", 1);
    kafka.createTopic("payments.dead", 1);
    for (String payment : new String[] {"p1", "p2", "p1"}) {
      kafka.send("payments", 0, null, payment);
    }

    Map<String, Object> settings = kafka.clientSettings();
    settings.put("group.id", "billing");
    try (IdempotentWriter writer =
            IdempotentWriter.builder(dynamo.client())
                .ledger(ledger)
                .table(Table.named("payments"))
                .build();
        IdempotentConsumer consumer =
            IdempotentConsumer.builder(settings, writer)
                .topics("payments")
                .mapper(
                    record -> {
                      String id = new String(record.value(), StandardCharsets.UTF_8);
                      return Mapped.write(
                          Write.event(id + "-paid")
                              .create("payments", Map.of("id", AttributeValue.fromS(id))));
                    })
                .deadLetterTopic("payments.dead")
                .build()) {
      consumer.start();
      Instant limit = Instant.now().plusSeconds(60);
      while (kafka.committed("billing").getOrDefault(new TopicPartition("payments", 0), 0L) < 3) {
        assertTrue(Instant.now().isBefore(limit), "not committed within a minute");
        synchronized (this) {
          wait(50);
        }
      }
      assertTrue(consumer.close(Duration.ofSeconds(20)).clean());
    }

    assertEquals(2, dynamo.items("payments").size());
  }
}
