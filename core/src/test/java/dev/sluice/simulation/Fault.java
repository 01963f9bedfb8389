package dev.sluice.simulation;

/** What goes wrong around the tables; what becomes of single requests is a {@code Fate}. */
enum Fault {
  CRASH,
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
  COMPACTION,
  PACED,
  TABLE_THROTTLED,
  KEY_HOT,
  KEY_HELD,
  RESHARDED,
  SHARD_NOT_READ
}
