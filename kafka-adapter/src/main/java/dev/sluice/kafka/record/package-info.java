/** What a caller states and gets back: the mapping of records, the options, the close report. */
@NullMarked
package dev.sluice.kafka.record;

import org.jspecify.annotations.NullMarked;
