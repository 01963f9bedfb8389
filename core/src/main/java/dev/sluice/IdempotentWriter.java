package dev.sluice;

import dev.sluice.model.CloseReport;
import dev.sluice.model.HotKey;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Writes events to DynamoDB so that each takes effect once, however often it arrives.
 *
 * <p>Before its effects, a write claims its event id in a ledger table for its source position. A
 * later write of the same id from another position is a {@link Outcome.Duplicate}; one from the
 * same position (after a crash, a lost reply, a rebalance) applies its effects again where they had
 * gone the first time, so that nothing is lost between claim and effect. That works for every
 * source that redelivers from a position until it is acknowledged, as Kafka does.
 *
 * <p><b>Threads:</b> all methods may be called from any thread. Outcomes are delivered on the
 * callback executor. No thread may wait there for a write, a flush or a release of the same writer,
 * whose end could then not be told: such a wait fails with {@link IllegalStateException}, which is
 * logged, too. <b>Order:</b> writes to one primary key go out in the order in which they were
 * accepted, one at a time. <b>Ends:</b> every accepted write ends, within {@code deliveryTimeout}
 * plus one {@code requestTimeout}, or at {@link #close(Duration)}. <b>Owner:</b> whoever built the
 * writer closes it; the DynamoDB client stays the caller's own and is not closed.
 *
 * <p>A write that fails does so with a {@link dev.sluice.model.SluiceException}, whose class says
 * what to do.
 */
public interface IdempotentWriter extends AutoCloseable {

  /**
   * Starts building a writer.
   *
   * @param client the client to write with; give it explicit timeouts, retries and at least as many
   *     connections as {@code maxInFlightRequests}
   * @return a builder with all defaults
   */
  static IdempotentWriterBuilder builder(DynamoDbAsyncClient client) {
    return new IdempotentWriterBuilder(client);
  }

  /**
   * Writes an event, waiting at most {@code maxBlock} while the buffer is full.
   *
   * @param source where the event came from
   * @param write the event and its effects
   * @return how it ends; it fails with {@link dev.sluice.model.InvalidWriteException} if the write
   *     is invalid, with {@link dev.sluice.model.BufferFullException} if the buffer stayed full or
   *     the thread was interrupted while it waited for room, and as {@link WriteListener#failed}
   *     would be told otherwise
   */
  CompletionStage<Outcome> write(SourcePosition source, Write write);

  /**
   * Writes an event unless the buffer is full. Never blocks.
   *
   * @param source where the event came from
   * @param write the event and its effects
   * @param listener told once how the write ended, if it was accepted
   * @return whether the write was accepted; false if the buffer is full (see {@link #onReady})
   * @throws dev.sluice.model.InvalidWriteException if the write is invalid
   * @throws dev.sluice.model.WriterClosedException if the writer is closed
   */
  boolean tryWrite(SourcePosition source, Write write, WriteListener listener);

  /**
   * Writes an event of a record that had been given up and stored elsewhere, as a dead letter say,
   * in place of that record. Unlike {@link #write}, it presents the record as the one that answers
   * for the event:
   *
   * <ul>
   *   <li>Where another record holds the claim, with the same content, the effects are made again
   *       where that record's went, as {@link dev.sluice.model.Duplicates#REAPPLY} does, whatever
   *       the writer does with other duplicates: that record may be gone, and nobody else would
   *       finish what it began. It ends as {@link Outcome.Duplicate}. (In {@link
   *       dev.sluice.model.Mode#TRANSACTIONAL} what is claimed is applied, and nothing is made
   *       again.)
   *   <li>Where no claim stands, the effects go where those of the record had gone, and no shard is
   *       drawn: an attempt of then that is still under way cannot leave the event at a second key.
   * </ul>
   *
   * <p>So an event replayed twice takes effect once, and one that had taken effect is not lost; but
   * what its {@code put} or {@code delete} writes may be older than what stands there by now. Waits
   * for room as {@link #write} does.
   *
   * @param source the position that the record had
   * @param write the event and its effects
   * @param recorded the suffix of each effect, in the write's order, as told by the failure it was
   *     given up for; empty if none is known
   * @return how it ends, as {@link #write} does; it also fails with {@link
   *     dev.sluice.model.InvalidWriteException} if there are suffixes, but not one for each effect,
   *     and with {@link dev.sluice.model.SystemException} if one names a shard that the table's
   *     sharder, or its predecessors, do not
   */
  CompletionStage<Outcome> replay(SourcePosition source, Write write, List<Suffix> recorded);

  /**
   * Asks to be told, once, when there is reason to try again after the buffer was full: as soon as
   * some write under way has ended, or at once if none is under way. What is then tried may find it
   * full again, if it needs more room than came free; ask again.
   *
   * @param ready run on the callback executor
   */
  void onReady(Runnable ready);

  /**
   * Sends what is waiting in batches now, without waiting for their linger.
   *
   * @return completed when every write accepted before this call has ended, well or not
   */
  CompletionStage<Void> flush();

  /**
   * The partition keys that their tables throttle for being hot, and that are slowed for it, each
   * by itself. A key leaves when nothing of it has waited or been throttled for ten seconds. Their
   * effects may fill half of the buffer: further writes to them then wait, or find it full, while
   * others are accepted (but for tables that are sharded, whose keys are drawn later).
   *
   * @return the keys as of a moment ago
   */
  List<HotKey> hotKeys();

  /**
   * Whether an event takes effect though the record that claimed it vanished before it ended, as
   * compaction of a topic makes records vanish, and a duplicate of it is all that comes. Not so
   * where duplicates are dropped ({@link dev.sluice.model.Duplicates#DROP} under {@link
   * dev.sluice.model.Mode#LEDGER}); so under {@link dev.sluice.model.Duplicates#REAPPLY}, and under
   * the modes that make no claim, or make it together with its effects.
   *
   * @return whether compacted topics lose nothing
   */
  boolean toleratesCompaction();

  /**
   * How long the ledger keeps a claim: what is written again later takes effect again.
   *
   * @return the ledger's retention; empty where no claims are made ({@link
   *     dev.sluice.model.Mode#KEYED}), or it is not known
   */
  default Optional<Duration> claimRetention() {
    return Optional.empty();
  }

  /**
   * The time by which claims expire: the service's, as far as its replies have told it.
   *
   * @return the time now; empty where no claims are made, or it is not known
   */
  default Optional<Instant> serviceTime() {
    return Optional.empty();
  }

  /**
   * Releases the claim of a record that failed for good with a {@link
   * dev.sluice.model.RejectedWriteException} that was not partial, after the record is stored
   * elsewhere, so that a corrected event may enter under the same id. A claim that belongs to
   * another position, or is gone, is left alone.
   *
   * @param source the position of the record that failed
   * @param eventId its event id
   * @return completed with whether a claim was released; fails like a write if that is not known
   */
  CompletionStage<Boolean> release(SourcePosition source, String eventId);

  /**
   * Stops accepting, sends what is accepted, and waits for it to end.
   *
   * <p>Must not be called on the callback executor, which it may have to wait for.
   *
   * @param timeout how long to wait, a year at most; what has not ended by then is failed with
   *     {@link dev.sluice.model.WriterClosedException}, and listeners that are slow are waited for
   *     a second longer and told even after that. Of several calls, the earliest end counts
   * @return what was left
   * @throws dev.sluice.model.WriterClosedException if the thread is interrupted, or the scheduler
   *     that was given does not run any more
   */
  CloseReport close(Duration timeout);

  /** Closes with a timeout of ten seconds. */
  @Override
  void close();
}
