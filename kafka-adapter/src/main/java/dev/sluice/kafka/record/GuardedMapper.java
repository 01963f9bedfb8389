package dev.sluice.kafka.record;

import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Calls a user's mapper so that it cannot change the record, and so that only one thread at a time
 * uses it, unless it {@linkplain RecordMapper#isThreadSafe says} that several may. All that is made
 * for one mapper share its turns, whichever consumer or replay they belong to. Safe for any thread.
 */
public final class GuardedMapper {
  private final RecordMapper mapper;
  private final MapperTurns turns;

  private GuardedMapper(RecordMapper mapper, MapperTurns turns) {
    this.mapper = mapper;
    this.turns = turns;
  }

  /**
   * Guards a mapper.
   *
   * @param mapper the user's
   * @return calls it
   */
  public static GuardedMapper of(RecordMapper mapper) {
    if (mapper.isThreadSafe()) {
      return new GuardedMapper(mapper, MapperTurns.none());
    }
    if (mapper instanceof DeserializingMapper<?, ?> typed) {
      return new GuardedMapper(typed.withoutTurns(), typed.turns());
    }
    return new GuardedMapper(mapper, MapperTurns.of(mapper));
  }

  /**
   * Waits until no other thread uses the mapper.
   *
   * @param atMost how long to wait; zero or less not to wait
   * @return whether {@link #map} may be called, until {@link #endTurn}
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public boolean takeTurn(Duration atMost) throws InterruptedException {
    return turns.take(atMost);
  }

  /**
   * Waits until no other thread uses the mapper, for as long as it takes.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void takeTurn() throws InterruptedException {
    turns.take();
  }

  /** Lets other threads use the mapper. */
  public void endTurn() {
    turns.end();
  }

  /**
   * Maps a record, of which the mapper sees copies.
   *
   * @param record as it was read; it stays so
   * @return what the mapper says
   * @throws Exception what the mapper throws
   */
  public Mapped map(ConsumerRecord<byte[], byte[]> record) throws Exception {
    return mapper.map(new RecordView(record));
  }

  /**
   * Whether this mapper and one of some others take turns.
   *
   * @param others other mappers
   * @return whether a call of this one may have to wait for a call of theirs
   */
  public boolean takesTurnsWith(Collection<GuardedMapper> others) {
    return turns.sharesSomeOf(others.stream().map(each -> each.turns).toList());
  }
}
