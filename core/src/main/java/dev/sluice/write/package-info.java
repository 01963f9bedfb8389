/**
 * The writer's loop. All state belongs to one loop; other threads only post to its mailbox.
 *
 * <p>A write is prepared on its caller's thread ({@link dev.sluice.write.Preparation}), waits in
 * {@link dev.sluice.write.ClaimStage} for its claim and in {@link dev.sluice.write.EffectStage} for
 * its effects, and ends in {@link dev.sluice.write.WriteCompletions}. The stages are plain objects
 * without threads or clocks; {@link dev.sluice.write.WriterLoop} gives them their turns.
 */
@NullMarked
package dev.sluice.write;

import org.jspecify.annotations.NullMarked;
