/** Writes events to DynamoDB so that each takes effect once, in batches. */
module dev.sluice.core {
  requires transitive software.amazon.awssdk.services.dynamodb;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.retries.api;
  requires org.slf4j;
  requires static org.jspecify;

  exports dev.sluice;
  exports dev.sluice.batch;
  exports dev.sluice.metrics;
  exports dev.sluice.model;
  exports dev.sluice.read;
  exports dev.sluice.shard;
  exports dev.sluice.flow;
}
