package dev.sluice.kafka.record;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RecordMapper} for deserialised keys and values; the same rules hold for it.
 *
 * @param <K> the key's type
 * @param <V> the value's type
 */
@FunctionalInterface
public interface TypedMapper<K, V> {

  /**
   * Says what a record means.
   *
   * @param key what the deserialiser made of the key; null where it said so
   * @param value what the deserialiser made of the value; null where it said so, as for a tombstone
   * @param record the record itself
   * @return its events, or that it is to be skipped or rejected
   * @throws Exception if the record cannot be mapped: it goes to the dead-letter topic
   */
  Mapped map(@Nullable K key, @Nullable V value, ConsumerRecord<byte[], byte[]> record)
      throws Exception;
}
