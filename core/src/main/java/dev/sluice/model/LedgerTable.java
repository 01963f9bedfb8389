package dev.sluice.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/**
 * The table in which claims are kept: which it is, under which scope, and for how long. Its
 * partition key is {@value #PARTITION_KEY} of type S, it has no sort key, and {@value #EXPIRY} is
 * its TTL attribute. Immutable.
 */
public final class LedgerTable {
  /** The name of the ledger's partition key. */
  public static final String PARTITION_KEY = "id";

  /** The name of the ledger's TTL attribute: epoch seconds. */
  public static final String EXPIRY = "expireAt";

  /** How long a claim is kept unless another retention is set. */
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(14);

  /** The longest scope accepted, in characters. */
  public static final int MAX_SCOPE_LENGTH = 255;

  private static final Duration MIN_RETENTION = Duration.ofMinutes(1);
  private static final Duration MAX_RETENTION = Duration.ofDays(5 * 365);

  private final String name;
  private final @Nullable String scope;
  private final Duration retention;

  private LedgerTable(String name, @Nullable String scope, Duration retention) {
    this.name = name;
    this.scope = scope;
    this.retention = retention;
  }

  /**
   * A ledger by its table's name.
   *
   * @param name the table's name
   * @return the ledger, still without a scope
   * @throws IllegalArgumentException if the name is empty
   */
  public static LedgerTable named(String name) {
    if (requireNonNull(name, "name").isEmpty()) {
      throw new IllegalArgumentException("The ledger table's name must not be empty.");
    }
    return new LedgerTable(name, null, DEFAULT_RETENTION);
  }

  /**
   * Sets the scope, which every ledger needs: the application or consumer group whose claims these
   * are. Two applications that read the same events must not share a scope, or each would take the
   * other's work for its own.
   *
   * @param scope 1 to {@value #MAX_SCOPE_LENGTH} characters, none of them {@code #}
   * @return this ledger with that scope
   * @throws IllegalArgumentException if the scope is empty, too long or contains {@code #}
   */
  public LedgerTable scope(String scope) {
    requireNonNull(scope, "scope");
    if (scope.isEmpty() || scope.length() > MAX_SCOPE_LENGTH || scope.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "A ledger's scope has 1 to "
              + MAX_SCOPE_LENGTH
              + " characters and no '#'; got '"
              + scope
              + "'.");
    }
    return new LedgerTable(name, scope, retention);
  }

  /**
   * Sets how long a claim is kept; 14 days by default. It must be longer than the source keeps its
   * records plus the longest replay: a record delivered after its claim has expired takes effect
   * again.
   *
   * <p>A writer rejects a retention below its deliveryTimeout plus its requestTimeout and 30 s: a
   * claim must stand until the last request of its write has landed.
   *
   * @param retention one minute to five years (the service ignores TTL values further away)
   * @return this ledger with that retention
   * @throws IllegalArgumentException if the retention is outside that range
   */
  public LedgerTable retention(Duration retention) {
    requireNonNull(retention, "retention");
    if (retention.compareTo(MIN_RETENTION) < 0 || retention.compareTo(MAX_RETENTION) > 0) {
      throw new IllegalArgumentException(
          "A ledger's retention is between "
              + MIN_RETENTION
              + " and "
              + MAX_RETENTION
              + "; got "
              + retention
              + '.');
    }
    return new LedgerTable(name, scope, retention);
  }

  /** {@return the table's name} */
  public String name() {
    return name;
  }

  /**
   * The scope.
   *
   * @return the scope
   * @throws IllegalStateException if none was set
   */
  public String scope() {
    if (scope == null) {
      throw new IllegalStateException(
          "The ledger '"
              + name
              + "' has no scope; name the application or consumer group whose claims these are:"
              + " LedgerTable.named(\""
              + name
              + "\").scope(\"billing\").");
    }
    return scope;
  }

  /** {@return how long a claim is kept} */
  public Duration retention() {
    return retention;
  }

  /** {@return the request that creates this table, billed on demand} */
  public CreateTableRequest createTableRequest() {
    return CreateTableRequest.builder()
        .tableName(name)
        .attributeDefinitions(
            AttributeDefinition.builder()
                .attributeName(PARTITION_KEY)
                .attributeType(ScalarAttributeType.S)
                .build())
        .keySchema(
            KeySchemaElement.builder().attributeName(PARTITION_KEY).keyType(KeyType.HASH).build())
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .build();
  }

  /** {@return the request that makes this table's entries expire} */
  public UpdateTimeToLiveRequest timeToLiveRequest() {
    return UpdateTimeToLiveRequest.builder()
        .tableName(name)
        .timeToLiveSpecification(ttl -> ttl.attributeName(EXPIRY).enabled(true))
        .build();
  }

  @Override
  public String toString() {
    return name;
  }
}
