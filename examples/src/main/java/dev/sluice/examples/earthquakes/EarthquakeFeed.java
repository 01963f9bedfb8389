package dev.sluice.examples.earthquakes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The input: a week of earthquakes. */
final class EarthquakeFeed {
  private EarthquakeFeed() {}

  /** {@return the earthquakes in the order of their time} */
  static List<Earthquake> read() {
    try (InputStream json = EarthquakeFeed.class.getResourceAsStream("earthquakes.json")) {
      JsonNode features = new ObjectMapper().readTree(json).path("features");
      List<Earthquake> earthquakes = new ArrayList<>();
      features.forEach(feature -> earthquakes.add(Earthquake.of(feature)));
      earthquakes.sort(Comparator.comparing(Earthquake::time));
      return earthquakes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
