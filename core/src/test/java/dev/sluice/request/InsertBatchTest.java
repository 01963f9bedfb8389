package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.item.TableWithKeys;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Table;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

class InsertBatchTest {
  private static final String ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/";

  private final RequestSettings settings =
      new RequestSettings(
          new DynamoDbAsyncClient() {
            @Override
            public String serviceName() {
              return SERVICE_NAME;
            }

            @Override
            public void close() {}
          },
          AwsRequestOverrideConfiguration.builder().build(),
          WriterMetrics.disabled(),
          InstantSource.system());

  private boolean isOneByOne(String name) {
    KeySchema keys = KeySchema.of("pk", ScalarAttributeType.S);
    ServiceTime time = new ServiceTime(InstantSource.system());
    return new CreateBatch(settings, new TableWithKeys(Table.named(name), keys), time).isOneByOne();
  }

  private boolean areClaimsOneByOne(String name) {
    LedgerTable ledger = LedgerTable.named(name).scope("s");
    return new ClaimInserts(settings, ledger, new ServiceTime(InstantSource.system())).isAbsent();
  }

  @Test
  void aTableNamedByItsArnTakesNoStatements() {
    assertThat(isOneByOne("plain")).isFalse();
    assertThat(isOneByOne(ARN + "plain")).isTrue();
    assertThat(areClaimsOneByOne("ledger")).isFalse();
    assertThat(areClaimsOneByOne(ARN + "ledger")).isTrue();
  }
}
