/**
 * Runs the poll loop of one consumer instance. It is the only user of the Kafka consumer.
 *
 * <pre>
 * Poller ► PartitionEpoch (open records) ► Dispatcher ► mapper ► WriteHandover ► writer
 *                                              │                      │ outcome, by PollMailbox
 *                                              ▼                      ▼
 *                              DeadLetterSender ► ClaimRelease ► OffsetTracker ► Committer
 * </pre>
 *
 * <p><b>A turn</b> of {@link dev.sluice.kafka.internal.poll.PollLoop} takes answers and timers,
 * looks at positions and topics, commits if it is time, polls, and dispatches what was read.
 *
 * <p><b>Threads.</b> All state belongs to the polling thread. The writer and the producer answer on
 * their own threads, into {@link dev.sluice.kafka.internal.poll.PollMailbox}. What other threads
 * may read is published as a whole: {@link dev.sluice.kafka.internal.poll.LoopSnapshot}.
 *
 * <p><b>Partitions.</b> {@code dev.sluice.kafka.internal.partition} holds what is known of each
 * while it is assigned. An epoch that has ended changes no offset any more.
 */
@NullMarked
package dev.sluice.kafka.internal.poll;

import org.jspecify.annotations.NullMarked;
