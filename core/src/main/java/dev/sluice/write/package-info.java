/**
 * Runs the writer: takes accepted writes through their claims and effects to their ends.
 *
 * <pre>
 * callers' threads        the loop (one turn at a time)                        callback executor
 * WriterFront
 *   Preparation
 *   Buffer ── Mailbox ──► WriterLoop
 *                           WriterStages
 *                             ClaimStage ── ClaimSender ──► ledger
 *                             EffectStage ─ HotKeyGate ─ EffectSenders ──► data tables
 *                             ReleaseStage ────────────────► ledger
 *                           WriteCompletions ── Callbacks ──────────────────► listeners
 * </pre>
 *
 * <p><b>Stages.</b> A mode is a {@link dev.sluice.write.Protocol}. {@link
 * dev.sluice.write.ClaimStage} has claims made and judges what it finds; under TRANSACTIONAL it
 * sends claim and effects together. {@link dev.sluice.write.KeyedStage} makes no claims. {@link
 * dev.sluice.write.EffectStage} keeps the order of each key and makes the effects. {@link
 * dev.sluice.write.RejectedEffects} looks for effects that were rejected, before anybody is told
 * that none is there. Before that, {@link dev.sluice.write.KeySchemaChecks} finds out whether the
 * table that rejected them has other keys by now, which is not the record's fault.
 *
 * <p><b>Senders.</b> A sender gathers requests of one kind, sends them and repeats them. It asks
 * {@link dev.sluice.write.TablePacing} for write units and {@link
 * dev.sluice.write.InFlightRequests} for room.
 *
 * <p><b>Threads.</b> All state belongs to the loop. Other threads post to its {@link
 * dev.sluice.write.Mailbox}. A turn runs messages and replies, then timers, then sends what is due:
 * effects before claims, so that what has begun is finished first. No stage has a thread or a
 * clock.
 */
@NullMarked
package dev.sluice.write;

import org.jspecify.annotations.NullMarked;
