package dev.sluice.kafka.record;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Deserialises a record before a mapper sees it. Deserialisers and mapper are used by one thread at
 * a time, together: what a deserialiser returned may change when it is called again.
 *
 * <p>Each deserialiser gets copies of its own. The mapper sees the record as it was read, and the
 * headers that a deserialiser has added, since some report a failure so.
 */
final class DeserializingMapper<K, V> implements RecordMapper {
  private final Deserializer<K> key;
  private final Deserializer<V> value;
  private final TypedMapper<K, V> mapper;
  private final MapperTurns turns;

  DeserializingMapper(Deserializer<K> key, Deserializer<V> value, TypedMapper<K, V> mapper) {
    this(key, value, mapper, MapperTurns.of(key, value, mapper));
  }

  private DeserializingMapper(
      Deserializer<K> key, Deserializer<V> value, TypedMapper<K, V> mapper, MapperTurns turns) {
    this.key = key;
    this.value = value;
    this.mapper = mapper;
    this.turns = turns;
  }

  MapperTurns turns() {
    return turns;
  }

  /** The same for deserialisers and a mapper that several threads may call. */
  DeserializingMapper<K, V> withoutTurns() {
    return new DeserializingMapper<>(key, value, mapper, MapperTurns.none());
  }

  /** Takes a turn of its own, too, since the user's own mapper may call it. */
  @Override
  public Mapped map(ConsumerRecord<byte[], byte[]> record) throws Exception {
    turns.take();
    try {
      return mapInTurn(RecordView.of(record));
    } finally {
      turns.end();
    }
  }

  private Mapped mapInTurn(RecordView record) throws Exception {
    var forKey = new LazyHeaders(record::moreHeaders);
    var forValue = new LazyHeaders(record::moreHeaders);
    K readKey = key.deserialize(record.topic(), forKey, record.anotherKey());
    V readValue = value.deserialize(record.topic(), forValue, record.anotherValue());
    forKey.added().forEach(each -> record.headers().add(each));
    forValue.added().forEach(each -> record.headers().add(each));
    return mapper.map(readKey, readValue, record);
  }
}
