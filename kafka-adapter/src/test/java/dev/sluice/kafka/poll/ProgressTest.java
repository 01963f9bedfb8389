package dev.sluice.kafka.poll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final Progress progress = new Progress();

  @BeforeEach
  void readTo10ThenWentOnAt500() {
    progress.tracker.received(10);
    progress.goesOnAt(500);
    progress.tracker.received(500);
  }

  @Test
  void aCommittedOffsetThatIsFoundOutLateTakesNoJumpBack() {
    progress.wentOnFrom(5);
    progress.lookedUp = true;

    assertThat(progress.mayBegin(500)).isFalse();
    progress.committed = 10;
    assertThat(progress.mayBegin(500)).isFalse();
    progress.committed = 500;
    assertThat(progress.mayBegin(500)).isTrue();
  }

  @Test
  void theFirstCommitIsWaitedForThoughAJumpLiesBehindIt() {
    progress.lookedUp = true;

    assertThat(progress.dirty()).isEqualTo(10);
    assertThat(progress.awaitsCommit()).isTrue();
  }
}
