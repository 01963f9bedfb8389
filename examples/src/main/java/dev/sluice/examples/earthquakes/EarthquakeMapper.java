package dev.sluice.examples.earthquakes;

import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Write;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes a write of a record: a pure function of the record, as every mapper has to be. What it
 * throws or rejects goes to the dead-letter topic with the record's raw bytes.
 */
final class EarthquakeMapper implements RecordMapper {

  @Override
  public Mapped map(ConsumerRecord<byte[], byte[]> record) throws IOException {
    if (record.value() == null) {
      return Mapped.reject("a tombstone: earthquakes are not deleted");
    }
    if (record.value().length == 0) {
      return Mapped.reject("an empty value");
    }
    Earthquake earthquake = Earthquake.parse(record.value());
    if (earthquake.id().isEmpty()) {
      return Mapped.reject("no id");
    }
    return Mapped.write(
        Write.event(earthquake.id()).create(EarthquakeTables.EARTHQUAKES, earthquake.toItem()));
  }
}
