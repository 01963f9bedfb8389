package dev.sluice.kafka.internal.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionOffsetsTest {
  private final PartitionOffsets offsets = new PartitionOffsets();

  @BeforeEach
  void readTo10ThenWentOnAt500() {
    offsets.tracker.received(10);
    offsets.goesOnAt(500);
    offsets.tracker.received(500);
  }

  @Test
  void aCommittedOffsetThatIsFoundOutLateTakesNoJumpBack() {
    offsets.wentOnFrom(5);
    offsets.lookedUp = true;

    assertThat(offsets.mayBegin(500)).isFalse();
    offsets.committed = 10;
    assertThat(offsets.mayBegin(500)).isFalse();
    offsets.committed = 500;
    assertThat(offsets.mayBegin(500)).isTrue();
  }

  @Test
  void theFirstCommitIsWaitedForThoughAJumpLiesBehindIt() {
    offsets.lookedUp = true;

    assertThat(offsets.dirty()).isEqualTo(10);
    assertThat(offsets.awaitsCommit()).isTrue();
  }
}
