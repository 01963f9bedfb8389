package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.SourcePosition;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What the writer is told of where a record came from. */
class RecordPositionTest {
  private final LoopRig rig = new LoopRig();

  private void receive(long offset, Optional<Integer> leaderEpoch) {
    rig.consumer.addRecord(
        new ConsumerRecord<>(
            "payments",
            0,
            offset,
            1L,
            TimestampType.CREATE_TIME,
            1,
            1,
            new byte[] {(byte) offset},
            new byte[] {3},
            new RecordHeaders(),
            leaderEpoch));
    rig.turns(1);
  }

  @Test
  void thePositionHasThePartsOfItsRecord() {
    rig.mapper = record -> Mapped.writes(List.of(LoopRig.event("a"), LoopRig.event("b")));
    rig.started(P0);
    receive(7, Optional.of(5));
    receive(8, Optional.empty());

    SourcePosition second = rig.writer.pending.get(1).source();
    assertThat(second).hasToString("payments/0/7#1");
    assertThat(second.topic()).contains("payments");
    assertThat(second.partition()).hasValue(0);
    assertThat(second.offset()).hasValue(7);
    assertThat(second.leaderEpoch()).hasValue(5);
    assertThat(second.index()).hasValue(1);
    assertThat(rig.writer.pending.get(3).source().leaderEpoch()).isEmpty();
  }
}
