package dev.sluice.benchmarks.writer;

import dev.sluice.benchmarks.writer.BareSdkVariant.Claims;
import dev.sluice.benchmarks.writer.BareSdkVariant.Items;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** What is measured: Sluice, and the bare SDK that each of its forms is held against. */
enum Contender {
  /** The bare SDK: claims and creates by statements, 25 a request. */
  SDK_CREATE(null),
  /** Sluice with creates. */
  SLUICE_CREATE(SDK_CREATE),
  /** The bare SDK: claims by statements and puts by BatchWriteItem, 25 a request. */
  SDK_PUT(null),
  /** Sluice with puts. */
  SLUICE_PUT(SDK_PUT),
  /** The bare SDK: claims by conditional puts one by one, creates by statements. */
  SDK_CREATE_SINGLE_CLAIMS(null),
  /** Sluice with creates where the account may not claim by statements. */
  SLUICE_CREATE_SINGLE_CLAIMS(SDK_CREATE_SINGLE_CLAIMS);

  private final @Nullable Contender baseline;

  Contender(@Nullable Contender baseline) {
    this.baseline = baseline;
  }

  /** {@return the bare SDK that this is held against, or null if it is the bare SDK} */
  @Nullable Contender baseline() {
    return baseline;
  }

  Variant make(DynamoDbAsyncClient client, int maxInFlight) {
    return switch (this) {
      case SDK_CREATE -> new BareSdkVariant(client, maxInFlight, Claims.IN_BATCHES, Items.CREATED);
      case SLUICE_CREATE -> SluiceVariant.create(client, maxInFlight);
      case SDK_PUT -> new BareSdkVariant(client, maxInFlight, Claims.IN_BATCHES, Items.PUT);
      case SLUICE_PUT -> SluiceVariant.put(client, maxInFlight);
      case SDK_CREATE_SINGLE_CLAIMS ->
          new BareSdkVariant(client, maxInFlight, Claims.ONE_BY_ONE, Items.CREATED);
      case SLUICE_CREATE_SINGLE_CLAIMS ->
          SluiceVariant.create(
              RestrictedAccount.withoutBatches(client, Tables.LEDGER.name()), maxInFlight);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
