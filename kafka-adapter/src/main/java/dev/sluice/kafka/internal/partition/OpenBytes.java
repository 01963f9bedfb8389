package dev.sluice.kafka.internal.partition;

/** The bytes of all records in work, those of former assignments included. Not thread-safe. */
public final class OpenBytes {
  private long total;

  void add(long bytes) {
    total += bytes;
  }

  void remove(long bytes) {
    total -= bytes;
  }

  long total() {
    return total;
  }
}
