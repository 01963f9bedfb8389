package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.WriterClosedException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryTest {
  private final LoopRig rig = new LoopRig();

  private void failUnknown(String source) {
    rig.writer.fail(source, new UnknownOutcomeException("timed out", null));
    rig.turns(1);
  }

  @Test
  void anUnknownOutcomeIsTriedAgainForAsLongAsItTakes() {
    rig.started(P0).receive(P0, 0);
    for (int failure = 0; failure < 23; failure++) {
      failUnknown("payments/0/0");
      assertThat(rig.writer.pending).isEmpty();
      rig.after(Duration.ofMillis(101));
    }
    assertThat(rig.producer.history()).isEmpty();
    assertThat(rig.consumer.commits).isEmpty();

    rig.writer.end("payments/0/0", new Outcome.Replayed(List.of()));
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(rig.writer.accepted).hasSize(24).containsOnly("payments/0/0");
  }

  @Test
  void twoFailingRecordsOfOnePartitionAreBothTriedAgain() {
    rig.started(P0).receive(P0, 0, 1, 2);
    failUnknown("payments/0/0");
    failUnknown("payments/0/2");
    rig.writer.apply("payments/0/1");
    rig.after(Duration.ofMillis(101));

    rig.writer.apply("payments/0/2", "payments/0/0");
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-0@3");
  }

  @Test
  void aRetryThatFindsNoRoomGoesBeforeNewRecords() {
    rig.writer.capacity = 1;
    rig.started(P0).receive(P0, 0, 1, 2, 3);
    failUnknown("payments/0/0");
    rig.after(Duration.ofSeconds(1));
    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/1");

    rig.writer.apply("payments/0/1");
    rig.turns(2);

    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/1", "payments/0/0");
  }

  @Test
  void aDuplicateIsDone() {
    rig.started(P0).receive(P0, 0);
    rig.writer.end("payments/0/0", new Outcome.Duplicate(new SourcePosition("payments/1/9")));
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void aFaultOfTheSystemStopsTheLoopAndCommitsNothingBeyondTheDone() {
    rig.started(P0).receive(P0, 0, 1, 2);
    rig.writer.apply("payments/0/0", "payments/0/2");
    var failure = new SystemException("Table gone", "ResourceNotFoundException", null);
    rig.writer.fail("payments/0/1", failure);

    assertThatThrownBy(() -> rig.turns(1)).isSameAs(failure);
    var report = rig.close(Duration.ofSeconds(9), failure);

    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(rig.producer.history()).isEmpty();
    assertThat(report.unfinished()).containsEntry(P0, 1);
    assertThat(rig.consumer.closed()).isTrue();
  }

  @Test
  void aWriterThatWasClosedStopsTheLoop() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", new WriterClosedException("closed"));
    assertThatThrownBy(() -> rig.turns(1)).isInstanceOf(WriterClosedException.class);
  }

  @Test
  void aWriterThatFailsWhileRetriesWaitForRoomStopsTheLoop() {
    rig.writer.capacity = 1;
    rig.started(P0).receive(P0, 0, 1);
    failUnknown("payments/0/0");
    rig.after(Duration.ofSeconds(1));
    rig.writer.refusal = new WriterClosedException("closed");

    rig.writer.apply("payments/0/1");

    assertThatThrownBy(() -> rig.turns(1)).isSameAs(rig.writer.refusal);
  }
}
