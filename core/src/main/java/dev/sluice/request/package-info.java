/** Every call to DynamoDB, one class per operation, and what its errors mean. */
@NullMarked
package dev.sluice.request;

import org.jspecify.annotations.NullMarked;
