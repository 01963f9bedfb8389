package dev.sluice.benchmarks.pipeline;

import dev.sluice.model.Mode;
import java.util.Locale;

/** The pipelines that are compared. */
enum Contender {
  /** One event at a time. */
  ONE_AT_A_TIME("one at a time: conditional put, put, commit", true),
  /** Batches without idempotency. */
  PLAIN_BATCHES("batches of 25, one after the other", false),
  /** Plain puts one at a time, for the backfill. */
  PLAIN_PUTS("one put at a time", false),
  /** What a careful engineer writes. */
  BY_HAND("careful by hand: a poll's conditional puts, then its batches", true),
  /** The same behind Spring's listener. */
  SPRING_KAFKA("Spring Kafka batch listener, the same code in it", true),
  /** Its reactive module, unordered. */
  PARALLEL_CONSUMER("parallel-consumer, unordered: conditional put, then put", true),
  /** Sluice as it is by default. */
  LEDGER("Sluice `LEDGER`, `create`", true),
  /** The same with the requests that the pipelines by hand write items with. */
  LEDGER_PUT("Sluice `LEDGER`, `put`", true),
  /** For an account that may not claim by statements. */
  LEDGER_SINGLE_CLAIMS("Sluice `LEDGER`, `create`, claims one by one", true),
  /** No ledger, put if absent. */
  KEYED_CREATE("Sluice `KEYED`, `create`", true),
  /** No ledger, put. */
  KEYED_PUT("Sluice `KEYED`, `put`", true),
  /** A transaction an event. */
  TRANSACTIONAL("Sluice `TRANSACTIONAL`, `create`", true);

  private final String title;
  private final boolean idempotent;

  Contender(String title, boolean idempotent) {
    this.title = title;
    this.idempotent = idempotent;
  }

  String title() {
    return title;
  }

  /** {@return whether an event that comes again must leave nothing} */
  boolean idempotent() {
    return idempotent;
  }

  /** {@return whether it is one of Sluice's} */
  boolean ours() {
    return compareTo(LEDGER) >= 0;
  }

  Pipeline make(RunSetup setup, Probe probe) {
    return switch (this) {
      case ONE_AT_A_TIME -> new PollLoops(setup, probe, OneAtATime.claimed(setup, probe));
      case PLAIN_PUTS -> new PollLoops(setup, probe, OneAtATime.plain(setup, probe));
      case PLAIN_BATCHES -> new PollLoops(setup, probe, new PlainBatches(setup, probe));
      case BY_HAND -> new PollLoops(setup, probe, new CarefulByHand(setup, probe));
      case SPRING_KAFKA -> new SpringPipeline(setup, probe);
      case PARALLEL_CONSUMER -> new ParallelConsumerPipeline(setup, probe);
      case LEDGER -> SluicePipeline.creating(setup, probe, Mode.LEDGER);
      case LEDGER_PUT -> SluicePipeline.putting(setup, probe, Mode.LEDGER);
      case LEDGER_SINGLE_CLAIMS -> SluicePipeline.claimingOneByOne(setup, probe);
      case KEYED_CREATE -> SluicePipeline.creating(setup, probe, Mode.KEYED);
      case KEYED_PUT -> SluicePipeline.putting(setup, probe, Mode.KEYED);
      case TRANSACTIONAL -> SluicePipeline.creating(setup, probe, Mode.TRANSACTIONAL);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
