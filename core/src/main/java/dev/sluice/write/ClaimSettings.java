package dev.sluice.write;

import dev.sluice.model.Duplicates;

/**
 * Says what a writer does with claims that stand already.
 *
 * @param duplicates what to do with duplicates
 * @param memory how many entries are remembered
 */
public record ClaimSettings(Duplicates duplicates, int memory) {}
