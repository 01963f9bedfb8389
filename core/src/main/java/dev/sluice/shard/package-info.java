/**
 * Spreads a hot partition key over several: the sharder, and the form of sharded keys.
 *
 * <p><b>Another number of shards</b> is another generation, which reads the ones before it as well:
 *
 * <pre>{@code
 * KeySharder.random(32).generation(1).after(KeySharder.random(16))
 * }</pre>
 *
 * <p>writes {@code ci#1.0} to {@code ci#1.31}, and reads those and {@code ci#0.0} to {@code
 * ci#0.15}. Give it to all readers before the first writer has it. Under a ledger, events that were
 * written before stay where the ledger says; under {@code Mode.KEYED} nothing says it, so see
 * {@link KeySharder#calculated}.
 *
 * <p><b>An earlier generation goes</b> in this order, or events are lost or doubled:
 *
 * <ol>
 *   <li>Wait, from when the last writer of that generation stopped, for the ledger's retention, and
 *       for as long as a record of then can still come again, by redelivery or out of a dead
 *       letter.
 *   <li>Drop the {@link KeySharder#after} in the writers; the number of the latest generation
 *       stays. A writer without it fails a write whose effect the ledger, or a dead letter, puts
 *       under the dropped generation, with {@code SystemException}, and writes nothing. Then give
 *       the {@code after} back, and wait longer.
 *   <li>Move what is left to keys of the latest generation, each item in a transaction that puts
 *       and deletes.
 *   <li>Drop the {@code after} in the readers, last.
 * </ol>
 *
 * <p>{@link KeySharder#none()} is a generation like any other in this: {@code
 * random(16).after(none())} begins to shard a table, {@code none().after(random(16))} ends it.
 * While writers of both kinds run, those that still write bare keys are given {@code
 * none().after(random(16))}, too.
 */
@NullMarked
package dev.sluice.shard;

import org.jspecify.annotations.NullMarked;
