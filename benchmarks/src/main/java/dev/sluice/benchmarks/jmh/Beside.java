package dev.sluice.benchmarks.jmh;

import java.util.List;

/**
 * A benchmark of Sluice's and the plain one that it is held against.
 *
 * @param type the class of both
 * @param ours the method
 * @param plain the method of the baseline
 */
record Beside(String type, String ours, String plain) {
  static final List<Beside> ALL =
      List.of(
          new Beside("BatchAccumulatorBenchmark", "accumulator", "plainList"),
          new Beside("ItemSizeBenchmark", "itemSize", "encodingEachText"),
          new Beside("PrimaryKeyBenchmark", "of", "textOf"),
          new Beside("PrimaryKeyBenchmark", "hashAndEquals", "hashAndEqualsOfTexts"),
          new Beside("KeySharderBenchmark", "random", "plainRandom"),
          new Beside("KeySharderBenchmark", "calculated", "plainHash"),
          new Beside("KeySharderBenchmark", "physicalKey", "plainKey"),
          new Beside("OffsetTrackerBenchmark", "tracker", "treeMap"),
          new Beside("OffsetTrackerBenchmark", "tracker", "parallelConsumer"),
          new Beside("ClaimEncodingBenchmark", "parameters", "plainItem"),
          new Beside("ClaimEncodingBenchmark", "item", "plainItem"),
          new Beside("ClaimEncodingBenchmark", "parse", "plainParse"),
          new Beside("WriterBenchmark", "writerCreating", "requestsCreating"),
          new Beside(
              "WriterBenchmark",
              "writerCreatingWithSingleClaims",
              "requestsCreatingWithSingleClaims"),
          new Beside("WriterBenchmark", "writerPutting", "requestsPutting"));
}
