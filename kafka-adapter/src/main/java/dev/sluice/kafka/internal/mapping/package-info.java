/** What a user's mapper makes of a record, judged in one way for the poll loop and the replay. */
@NullMarked
package dev.sluice.kafka.internal.mapping;

import org.jspecify.annotations.NullMarked;
