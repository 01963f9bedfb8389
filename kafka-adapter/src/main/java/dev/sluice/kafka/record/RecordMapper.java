package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Says which events a record is.
 *
 * <p>It must be a pure function of the record: the same record gives the same event ids and the
 * same keys on every delivery, in every process. It is called on the polling thread, and in the
 * order of each key of a partition: a record is mapped when it is to be written, which is later for
 * those that wait for another of their key. The consumer polls between calls whenever they take
 * long together, but a single call must stay well below {@code max.poll.interval.ms}.
 *
 * <p><b>Threads:</b> a mapper is called by one thread at a time, unless it says that it {@linkplain
 * #isThreadSafe is thread-safe}. Where several threads have the same object (the instances of a
 * consumer, two consumers, a consumer and a replay), they take turns. Two mappers that are
 * different objects do not, even if they use the same objects of yours: guard those.
 *
 * <p><b>The record</b> that it sees holds copies. What it changes there (a value decrypted in
 * place, a header removed) reaches neither a dead letter nor another attempt.
 *
 * <p>An exception sends the record to the dead-letter topic, with the exception's class and nothing
 * else of it, unless it says that the record is not at fault. A {@linkplain
 * dev.sluice.model.RetriableException retriable} one, Kafka's {@link
 * org.apache.kafka.common.errors.RetriableException} included, has the record mapped again after a
 * rest, as often as it takes, and those of its key wait: throw it where something that the mapper
 * asks, such as a schema registry, does not answer. A {@link dev.sluice.model.SystemException} or a
 * {@link dev.sluice.model.ConfigurationException} stops the consumer, and its message is logged: it
 * must not quote the record. An exception that the interruption of the thread has brought about
 * stops it, too. An {@link Error} stops the consumer with a {@link MapperError}, except for {@link
 * StackOverflowError}: a value nested too deep is the record's fault.
 */
@FunctionalInterface
public interface RecordMapper {

  /**
   * Says what a record means.
   *
   * <p>Where a write names no {@linkplain dev.sluice.model.Write#fingerprintOf fingerprint}, the
   * record's value becomes it; a null value counts as an empty one.
   *
   * @param record the record; its key and its value may be null
   * @return its events, or that it is to be skipped or rejected
   * @throws Exception if the record cannot be mapped: what follows is said above
   */
  Mapped map(ConsumerRecord<byte[], byte[]> record) throws Exception;

  /**
   * Whether several threads may call this mapper at the same time.
   *
   * @return false, unless overridden; see {@link #threadSafe}
   */
  default boolean isThreadSafe() {
    return false;
  }

  /**
   * Says of a mapper that several threads may call it at the same time: it keeps nothing between
   * calls, and neither does what it calls. Otherwise records may get the contents of others,
   * without an error.
   *
   * @param mapper a mapper without state; where it is {@linkplain #deserializing deserialising},
   *     its deserialisers have none, too
   * @return the same mapper, which the instances of a consumer call without waiting for each other
   */
  static RecordMapper threadSafe(RecordMapper mapper) {
    requireNonNull(mapper, "mapper");
    return new ThreadSafeMapper(
        mapper instanceof DeserializingMapper<?, ?> typed ? typed.withoutTurns() : mapper);
  }

  /**
   * A mapper that deserialises first, so that a record that cannot be read goes to the dead-letter
   * topic like any other that cannot be mapped. Give the deserialisers here and not to the Kafka
   * consumer, which would stop at such a record for ever.
   *
   * <p>Deserialisers and mapper are called by one thread at a time, wherever else the same objects
   * are used. Each deserialiser gets copies of the key or value and of the headers; what headers it
   * adds, the mapper sees beside those of the record.
   *
   * @param key turns the record's key into an object; configured, and closed, by whoever made it
   * @param value turns the record's value into an object; likewise
   * @param mapper says what they mean
   * @param <K> the key's type
   * @param <V> the value's type
   * @return the mapper
   */
  static <K, V> RecordMapper deserializing(
      Deserializer<K> key, Deserializer<V> value, TypedMapper<K, V> mapper) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireNonNull(mapper, "mapper");
    return new DeserializingMapper<>(key, value, mapper);
  }
}
