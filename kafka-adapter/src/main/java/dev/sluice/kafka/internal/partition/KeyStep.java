package dev.sluice.kafka.internal.partition;

/** Where a record is with respect to those of its key: see {@link KeyOrder}. */
enum KeyStep {
  /** Not looked at yet. */
  NEW(false, false),
  /** Is being handed over, or has been. */
  OUT(false, false),
  /** Goes, or goes again, when those before it allow. */
  WAITING(true, true),
  /** A write of it ended as unknown; its retry delay runs. */
  FAILING(true, true),
  /** Is tried again, which may take as long as before: it must not keep new ones out. */
  RETRYING(true, true),
  /** Has ended; others before it have not. */
  DONE(false, true),
  /** Holds nobody back any more. */
  LEFT(false, false);

  /** Whether later records of the key must not overtake it. */
  final boolean blocks;

  /** Whether it does not count against the intake. */
  final boolean parked;

  KeyStep(boolean blocks, boolean parked) {
    this.blocks = blocks;
    this.parked = parked;
  }
}
