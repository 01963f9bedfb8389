package dev.sluice.testkit.seeds;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The seeds from 0 on that a simulation has survived, in a file: a run begins where it ends, and
 * brings it up to date after each thousand, so that it can be stopped at any moment.
 */
public final class SeedRecord {
  private static final int STEP = 1_000;
  private static final String SEEDS = "seeds";

  private final Path file;
  private final String title;
  private final FaultCounts counts;

  /**
   * Names a record.
   *
   * @param file where it is kept; it need not exist
   * @param title its first line
   * @param counts what has gone wrong; the record's are added
   */
  public SeedRecord(Path file, String title, FaultCounts counts) {
    this.file = file;
    this.title = title;
    this.counts = counts;
  }

  /**
   * Simulates from where the record ends.
   *
   * @param to the first seed that is left
   * @param simulation runs a seed, and throws if it fails
   * @param progress told after each thousand
   * @throws IOException if the file cannot be read or written
   */
  public void runTo(long to, LongConsumer simulation, Consumer<String> progress)
      throws IOException {
    Properties record = read();
    for (String name : counts.names()) {
      counts.add(name, Long.parseLong(record.getProperty(name, "0")));
    }
    long seed = Long.parseLong(record.getProperty(SEEDS, "0"));
    while (seed < to) {
      for (long end = seed + STEP; seed < end; seed++) {
        simulation.accept(seed);
      }
      for (String name : counts.names()) {
        record.setProperty(name, Long.toString(counts.of(name)));
      }
      record.setProperty(SEEDS, Long.toString(seed));
      record.setProperty("date", LocalDate.now(ZoneOffset.UTC).toString());
      write(record);
      progress.accept("simulated " + seed + " of " + to);
    }
    progress.accept("record: " + seed + " seeds, none failed; " + counts);
  }

  private Properties read() throws IOException {
    Properties record = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        record.load(in);
      }
    }
    return record;
  }

  private void write(Properties record) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      record.store(out, title);
    }
  }
}
