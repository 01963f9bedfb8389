package dev.sluice.kafka.simulation;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs the seeds from 0 up to {@code -Dsluice.sim.to=N}, beginning where the record in the file
 * {@code -Dsluice.sim.record=FILE} ends, and brings the record up to date after each thousand: stop
 * it at any moment and start it again.
 */
@EnabledIfSystemProperty(named = "sluice.sim.to", matches = "\\d+")
class SimulationRecordTest {
  private static final int STEP = 1_000;
  private static final String SEEDS = "seeds";

  @Test
  void everyPromiseHoldsUnderEverySeedOfTheRange() throws IOException {
    long to = Long.getLong("sluice.sim.to");
    Path file = Path.of(System.getProperty("sluice.sim.record", "target/simulation.properties"));
    Properties record = read(file);
    FaultCounts counts = new FaultCounts();
    for (String name : FaultCounts.names()) {
      counts.add(name, Long.parseLong(record.getProperty(name, "0")));
    }
    long seed = Long.parseLong(record.getProperty(SEEDS, "0"));
    while (seed < to) {
      for (long end = seed + STEP; seed < end; seed++) {
        Simulation.run(seed, counts, Simulation.NO_TRACE);
      }
      for (String name : FaultCounts.names()) {
        record.setProperty(name, Long.toString(counts.of(name)));
      }
      record.setProperty(SEEDS, Long.toString(seed));
      record.setProperty("date", LocalDate.now(ZoneOffset.UTC).toString());
      write(record, file);
      System.out.println("simulated " + seed + " of " + to);
    }
    System.out.println("record: " + seed + " seeds, none failed; " + counts);
  }

  private static Properties read(Path file) throws IOException {
    Properties record = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        record.load(in);
      }
    }
    return record;
  }

  private static void write(Properties record, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      record.store(out, "seeds of the consumer's simulation, and what went wrong in them");
    }
  }
}
