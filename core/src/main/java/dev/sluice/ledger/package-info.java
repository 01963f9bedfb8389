/** The protocol of the source-fenced ledger: claims, entries, and what an entry means. Pure. */
@NullMarked
package dev.sluice.ledger;

import org.jspecify.annotations.NullMarked;
