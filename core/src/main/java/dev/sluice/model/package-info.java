/** What a caller states and what comes back: writes, effects, positions, tables, outcomes. */
@NullMarked
package dev.sluice.model;

import org.jspecify.annotations.NullMarked;
