package dev.sluice.kafka.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

class RecordMapperTest {
  private final RecordMapper mapper =
      RecordMapper.deserializing(
          new StringDeserializer(),
          new IntegerDeserializer(),
          (key, value, record) -> Mapped.reject(key + "=" + value + "@" + record.offset()));

  @Test
  void theMapperSeesWhatTheDeserialisersMade() throws Exception {
    var record = new ConsumerRecord<>("t", 0, 7, "k".getBytes(UTF_8), new byte[] {0, 0, 1, 1});
    assertThat(mapper.map(record)).isEqualTo(Mapped.reject("k=257@7"));
  }

  @Test
  void aTombstoneReachesTheMapper() throws Exception {
    var record = new ConsumerRecord<byte[], byte[]>("t", 0, 7, null, null);
    assertThat(mapper.map(record)).isEqualTo(Mapped.reject("null=null@7"));
  }

  @Test
  void whatCannotBeDeserialisedFailsWithinTheMapper() {
    var record = new ConsumerRecord<>("t", 0, 7, "k".getBytes(UTF_8), new byte[] {1});
    assertThatThrownBy(() -> mapper.map(record)).isInstanceOf(SerializationException.class);
  }
}
