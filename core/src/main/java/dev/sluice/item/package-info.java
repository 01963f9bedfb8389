/** What DynamoDB knows of an item: its size, its keys, and what it rejects. Pure. */
@NullMarked
package dev.sluice.item;

import org.jspecify.annotations.NullMarked;
