package dev.sluice.simulation;

import dev.sluice.fake.FakeDynamoDb.Fate;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;

/** What goes wrong in one run, and how often it did. */
final class Faults {

  /** Everything that can go wrong. */
  enum Kind {
    REPLY_LOST,
    NOT_SENT,
    THROTTLED,
    SERVER_ERROR,
    NEVER_ANSWERED,
    NEVER_ANSWERED_BUT_APPLIED,
    LANDS_LATE,
    SLOW,
    PARTIAL_BATCH,
    STATEMENT_ERROR,
    CRASH,
    LANDS_AFTER_CRASH,
    ZOMBIE,
    ZOMBIE_COMMIT,
    PARTITION_LOST,
    DUPLICATE_WITHIN_PARTITION,
    DUPLICATE_ACROSS_PARTITIONS,
    ID_REUSED,
    CLOCK_SKEW,
    EXPIRY,
    ENTRY_DELETED_BY_TTL,
    MAPPER_CHANGED,
    POISON,
    DEAD_LETTER_REPLAYED,
    COMPACTION
  }

  private static final Set<Kind> PROMPT =
      EnumSet.of(
          Kind.REPLY_LOST,
          Kind.NOT_SENT,
          Kind.THROTTLED,
          Kind.SERVER_ERROR,
          Kind.PARTIAL_BATCH,
          Kind.STATEMENT_ERROR);

  private final RandomGenerator random;
  private final Map<Kind, Long> fired;
  private final double probability;
  private final boolean prompt;
  private boolean active = true;

  Faults(RandomGenerator random, Scenario scenario, Map<Kind, Long> fired) {
    this.random = random;
    this.probability = scenario.faultProbability();
    this.prompt = scenario.prompt();
    this.fired = fired;
  }

  static Map<Kind, Long> counters() {
    return new EnumMap<>(Kind.class);
  }

  void stop() {
    active = false;
  }

  void fired(Kind kind) {
    fired.merge(kind, 1L, Long::sum);
  }

  /** Draws what happens to a request. */
  Fate fate(String operation) {
    if (!active || random.nextDouble() >= probability) {
      // Served, but not all in the same time: replies overtake each other.
      return new Fate.Late(1 + random.nextInt(30));
    }
    Kind kind =
        switch (random.nextInt(operation.startsWith("Batch") ? 9 : 8)) {
          case 0 -> Kind.REPLY_LOST;
          case 1 -> Kind.NOT_SENT;
          case 2 -> Kind.THROTTLED;
          case 3 -> Kind.SERVER_ERROR;
          case 4 -> Kind.NEVER_ANSWERED;
          case 5 -> Kind.NEVER_ANSWERED_BUT_APPLIED;
          case 6 -> Kind.LANDS_LATE;
          case 7 -> Kind.SLOW;
          default -> operation.equals("BatchWriteItem") ? Kind.PARTIAL_BATCH : Kind.STATEMENT_ERROR;
        };
    if (prompt && !PROMPT.contains(kind)) {
      return new Fate.Served();
    }
    fired(kind);
    return fate(kind);
  }

  private Fate fate(Kind kind) {
    return switch (kind) {
      case REPLY_LOST -> new Fate.ReplyLost();
      case NOT_SENT -> new Fate.NotSent();
      case THROTTLED -> new Fate.Refused("ProvisionedThroughputExceededException", 400);
      case SERVER_ERROR -> new Fate.Refused("InternalServerError", 500);
      case NEVER_ANSWERED -> new Fate.NeverAnswered(false);
      case NEVER_ANSWERED_BUT_APPLIED -> new Fate.NeverAnswered(true);
      // Beyond the writer's request timeout: nobody waits for it any more when it is applied.
      case LANDS_LATE -> new Fate.Late(3_000 + random.nextInt(40_000));
      case SLOW -> new Fate.Late(50 + random.nextInt(1_500));
      case PARTIAL_BATCH -> new Fate.Partly(random.nextInt(3));
      case STATEMENT_ERROR ->
          new Fate.StatementRefused(
              random.nextInt(3), BatchStatementErrorCodeEnum.THROTTLING_ERROR);
      default -> throw new IllegalArgumentException("no fate for " + kind);
    };
  }
}
