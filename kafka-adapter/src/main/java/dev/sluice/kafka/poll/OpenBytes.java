package dev.sluice.kafka.poll;

/** The bytes of all records in work, those of former assignments included. Not thread-safe. */
final class OpenBytes {
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
