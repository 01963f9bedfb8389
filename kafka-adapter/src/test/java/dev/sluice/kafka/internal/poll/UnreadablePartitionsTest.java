package dev.sluice.kafka.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.PauseReason;
import java.nio.BufferUnderflowException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** C35: one damaged batch stops a consumer at every start. */
class UnreadablePartitionsTest {
  private static final TopicPartition P0 = new TopicPartition("payments", 0);
  private static final TopicPartition P1 = new TopicPartition("payments", 1);
  private static final TopicPartition P2 = new TopicPartition("payments", 2);

  private final LoopRig rig = new LoopRig();

  private static RuntimeException damage() {
    return new KafkaException(
        "Received exception when fetching the next record", new CorruptRecordException("crc"));
  }

  private ConsumerHealth.Partition p1() {
    return rig.health().partitions().get(P1);
  }

  @Test
  void oneDamagedBatchHoldsItsPartitionOnly() {
    rig.started(P0, P1, P2);
    rig.consumer.damaged.put(P1, damage());
    rig.receive(P0, 0).receive(P2, 0).turns(2);

    assertThat(rig.writer.accepted).containsExactlyInAnyOrder("payments/0/0", "payments/2/0");
    assertThat(rig.consumer.paused()).containsExactly(P1);
    assertThat(p1().pausedFor()).containsExactly(PauseReason.UNREADABLE);
    rig.writer.applyAll();
    rig.turns(1).after(Duration.ofSeconds(2));
    assertThat(rig.consumer.commits).contains("payments-0@1", "payments-2@1");
  }

  @Test
  void whatStaysDamagedIsNamedWithItsOffsetAndARemedy() {
    rig.started(P0, P1);
    rig.consumer.damaged.put(P1, damage());
    rig.turns(2);
    for (int i = 0; i < 10; i++) {
      rig.after(Duration.ofSeconds(10));
    }

    ConsumerHealth.Unreadable unreadable = p1().unreadable();
    assertThat(unreadable.offset()).isZero();
    assertThat(unreadable.since()).isGreaterThan(Duration.ofSeconds(90));
    assertThat(unreadable.exception()).isEqualTo(CorruptRecordException.class.getName());
    assertThat(rig.health().problems())
        .singleElement()
        .asString()
        .contains("payments-1 cannot be read at offset 0", "--reset-offsets");
    assertThat(rig.consumer.seeks).filteredOn("payments-1@0"::equals).hasSizeGreaterThan(2);
  }

  @Test
  void whatIsWholeAgainIsReadOn() {
    rig.started(P0, P1);
    rig.consumer.damaged.put(P1, damage());
    rig.turns(2).after(Duration.ofSeconds(40));
    rig.consumer.damaged.clear();
    rig.after(Duration.ofSeconds(40)).receive(P1, 0);

    assertThat(rig.writer.accepted).containsExactly("payments/1/0");
    rig.after(Duration.ofSeconds(1));
    assertThat(p1().pausedFor()).isEmpty();
    assertThat(p1().unreadable()).isNull();
    assertThat(rig.health().isHealthy()).isTrue();
  }

  @Test
  void severalPartitionsMayBeDamagedInSeveralWays() {
    rig.started(P0, P1, P2);
    rig.consumer.damaged.put(P0, new BufferUnderflowException());
    rig.consumer.damaged.put(P1, new java.io.UncheckedIOException(new java.io.IOException()));
    rig.receive(P2, 0).turns(2);

    assertThat(rig.writer.accepted).containsExactly("payments/2/0");
    assertThat(rig.consumer.paused()).containsExactlyInAnyOrder(P0, P1);
  }

  @Test
  void whatNoPartitionExplainsStopsTheConsumer() {
    rig.started(P0, P1);
    RuntimeException failure = new KafkaException("of the client");
    rig.consumer.failure = failure;
    assertThatThrownBy(() -> rig.turns(1)).isSameAs(failure);

    rig.consumer.failure = new TopicAuthorizationException("payments");
    assertThatThrownBy(() -> rig.turns(1)).isInstanceOf(TopicAuthorizationException.class);
    assertThat(rig.consumer.paused()).isEmpty();
  }

  @Test
  void aPartitionThatMovesAwayIsForgotten() {
    rig.started(P0, P1);
    rig.consumer.damaged.put(P1, damage());
    rig.turns(2);
    rig.consumer.rebalance(List.of(P0));
    rig.turns(2);
    rig.consumer.damaged.clear();
    rig.consumer.rebalance(List.of(P0, P1));
    rig.turns(2);

    assertThat(rig.consumer.paused()).isEmpty();
  }

  @Test
  void aBrokerThatIsAwayWhileTheDamageIsLookedForStopsNothing() {
    rig.started(P0, P1);
    rig.consumer.damaged.put(P1, damage());
    rig.consumer.whilePolling =
        () -> {
          if (rig.consumer.paused().equals(rig.consumer.assignment())) {
            rig.consumer.whilePolling = () -> {};
            throw new TimeoutException("no leader");
          }
        };
    rig.receive(P0, 0).turns(2);

    assertThat(rig.consumer.paused()).containsExactly(P1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  @Test
  void whatASearchReadsOfAPartitionAssignedMeanwhileIsNotLost() {
    rig.started(P0, P1);
    rig.consumer.damaged.put(P1, damage());
    rig.turns(2);
    rig.consumer.damaged.clear();
    rig.consumer.whilePolling =
        () -> {
          if (rig.consumer.seeks.contains("payments-1@1")) {
            rig.consumer.whilePolling = () -> {};
            rig.consumer.rebalance(List.of(P0, P1, P2));
            rig.receive(P2, 0, "k", "value");
          }
        };
    rig.after(Duration.ofSeconds(5));
    assertThat(rig.consumer.seeks).as("read, and read again").contains("payments-2@0");

    // The mock hands out each record once.
    rig.receive(P2, 0, "k", "value");
    rig.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/2/0");
  }

  @Test
  void whatWasDeletedIsHeldNoMore() {
    rig.started(P0, P1);
    rig.consumer.damaged.put(P1, damage());
    rig.turns(2);
    for (int i = 0; i < 3; i++) {
      rig.after(Duration.ofSeconds(10));
    }
    assertThat(p1().unreadable()).isNotNull();

    rig.consumer.damaged.clear();
    rig.after(Duration.ofSeconds(10));
    rig.consumer.seek(P1, 7);
    rig.after(Duration.ofSeconds(10)).after(Duration.ofSeconds(10));
    assertThat(p1().unreadable()).isNull();
    assertThat(rig.health().isHealthy()).isTrue();
  }
}
