package dev.sluice;

import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** Builds an {@link IdempotentWriter}. */
public final class IdempotentWriterBuilder {
  IdempotentWriterBuilder(DynamoDbAsyncClient client) {}
}
