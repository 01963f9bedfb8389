package dev.sluice.examples.earthquakes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One earthquake, as the feed reports it.
 *
 * @param id the event's id in the feed; empty if it has none
 * @param network the network that reports it; empty if it has none
 * @param time when it was
 * @param feature the whole GeoJSON feature
 */
record Earthquake(String id, String network, Instant time, JsonNode feature) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads an earthquake.
   *
   * @param json a GeoJSON feature in UTF-8
   * @throws IOException if it is not JSON
   */
  static Earthquake parse(byte[] json) throws IOException {
    return of(JSON.readTree(json));
  }

  static Earthquake of(JsonNode feature) {
    JsonNode properties = feature.path("properties");
    return new Earthquake(
        feature.path("id").asText(),
        properties.path("net").asText(),
        Instant.ofEpochMilli(properties.path("time").asLong()),
        feature);
  }

  byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(feature);
    } catch (IOException e) {
      throw new IllegalStateException("What was read as JSON can be written as JSON.", e);
    }
  }

  /** The sort key: earthquakes of one network in the order of their time. */
  String sortKey() {
    return time + "#" + id;
  }

  /** The item for the table {@value EarthquakeTables#EARTHQUAKES}, under its logical key. */
  Map<String, AttributeValue> toItem() {
    JsonNode properties = feature.path("properties");
    JsonNode coordinates = feature.path("geometry").path("coordinates");
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(EarthquakeTables.NETWORK, AttributeValue.fromS(network));
    item.put(EarthquakeTables.TIME_AND_ID, AttributeValue.fromS(sortKey()));
    item.put("id", AttributeValue.fromS(id));
    putText(item, "place", properties.path("place"));
    putText(item, "type", properties.path("type"));
    putText(item, "status", properties.path("status"));
    putNumber(item, "magnitude", properties.path("mag"));
    putNumber(item, "longitude", coordinates.path(0));
    putNumber(item, "latitude", coordinates.path(1));
    putNumber(item, "depth", coordinates.path(2));
    return item;
  }

  private static void putText(Map<String, AttributeValue> item, String name, JsonNode value) {
    if (value.isTextual()) {
      item.put(name, AttributeValue.fromS(value.asText()));
    }
  }

  private static void putNumber(Map<String, AttributeValue> item, String name, JsonNode value) {
    if (value.isNumber()) {
      item.put(name, AttributeValue.fromN(value.decimalValue().toPlainString()));
    }
  }
}
