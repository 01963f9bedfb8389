/** DynamoDB Local in this JVM, with clients and tables for tests. */
@NullMarked
package dev.sluice.testkit.dynamodb;

import org.jspecify.annotations.NullMarked;
