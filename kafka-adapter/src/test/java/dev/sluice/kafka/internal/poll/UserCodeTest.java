package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** What user code does to a record stays out of the record. */
class UserCodeTest {
  private final LoopRig rig = new LoopRig();
  private final List<String> seen = new ArrayList<>();

  private void receive(String key, long offset) {
    rig.consumer.addRecord(
        new ConsumerRecord<>(
            "payments",
            0,
            offset,
            7L,
            TimestampType.CREATE_TIME,
            1,
            1,
            key.getBytes(UTF_8),
            ("value-" + offset).getBytes(UTF_8),
            new RecordHeaders().add("__TypeId__", "Payment".getBytes(UTF_8)),
            Optional.empty()));
  }

  private void receive() {
    receive("key", 0);
    rig.turns(1);
  }

  /** What it sees, before it spoils all of it. */
  private static String spoil(ConsumerRecord<byte[], byte[]> record) {
    Header type = record.headers().lastHeader("__TypeId__");
    String what =
        new String(record.key(), UTF_8)
            + " "
            + new String(record.value(), UTF_8)
            + " "
            + (type == null ? "no type" : new String(type.value(), UTF_8));
    Arrays.fill(record.key(), (byte) 'x');
    Arrays.fill(record.value(), (byte) 'x');
    record.headers().forEach(each -> Arrays.fill(each.value(), (byte) 'x'));
    record.headers().remove("__TypeId__").add("decrypted", new byte[0]);
    return what;
  }

  private void requireRaw(ProducerRecord<byte[], byte[]> letter) {
    assertThat(letter.key()).isEqualTo("key".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo("value-0".getBytes(UTF_8));
    assertThat(letter.headers().toArray()[0])
        .isEqualTo(new RecordHeader("__TypeId__", "Payment".getBytes(UTF_8)));
    assertThat(letter.headers().lastHeader("decrypted")).isNull();
  }

  @Test
  void whatAMapperChangesIsNotInTheDeadLetter() {
    rig.mapper = record -> Mapped.reject(spoil(record));
    rig.started(P0);
    receive();
    requireRaw(rig.producer.history().get(0));
  }

  @Test
  void aRecordThatIsMappedAgainIsAsItWasRead() {
    rig.mapper =
        record -> {
          seen.add(spoil(record));
          throw new UnknownOutcomeException("the registry does not answer", null);
        };
    rig.started(P0);
    receive();
    rig.after(Duration.ofSeconds(1));
    assertThat(seen).hasSizeGreaterThan(1).containsOnly("key value-0 Payment");
  }

  @Test
  void aMapperSeesItsOwnChangesAsLongAsItRuns() {
    rig.mapper =
        record -> {
          record.value()[0] = 'V';
          return Mapped.reject(new String(record.value(), UTF_8));
        };
    rig.started(P0);
    receive();
    assertThat(rig.producer.history().get(0).headers().lastHeader("sluice.detail").value())
        .isEqualTo("Value-0".getBytes(UTF_8));
  }

  @Test
  void theFingerprintIsThatOfTheValueAsItWasRead() {
    rig.mapper =
        record -> {
          spoil(record);
          return Mapped.write(LoopRig.event("e"));
        };
    rig.started(P0);
    receive();
    assertThat(rig.writer.writes.get(0).fingerprint())
        .contains(Fingerprint.of("value-0".getBytes(UTF_8)));
  }

  @Test
  void aMapperThatSpoilsTheKeyTakesNothingFromItsOrder() {
    rig.mapper =
        record -> {
          spoil(record);
          return Mapped.write(LoopRig.event("e" + record.offset()));
        };
    rig.started(P0);
    receive();
    rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
    receive("key", 1);
    rig.turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  /** Removes what it has read, as Spring's does, and decrypts in place. */
  private static final class Removing implements Deserializer<String> {
    @Override
    public String deserialize(String topic, byte[] data) {
      throw new AssertionError("it needs the headers");
    }

    @Override
    public String deserialize(String topic, Headers headers, byte[] data) {
      Header type = headers.lastHeader("__TypeId__");
      if (type == null) {
        throw new IllegalArgumentException("no type");
      }
      headers.remove("__TypeId__");
      String read = new String(data, UTF_8);
      Arrays.fill(data, (byte) 'x');
      headers.add("seen", new byte[] {1});
      return read;
    }
  }

  @Test
  void whatADeserialiserRemovesIsThereForAllOthers() {
    rig.mapper =
        RecordMapper.deserializing(
            new Removing(),
            new Removing(),
            (key, value, record) -> {
              seen.add(key + " " + value + " " + spoil(record));
              if (seen.size() == 1) {
                throw new UnknownOutcomeException("not now", null);
              }
              return Mapped.reject("not at all");
            });
    rig.started(P0);
    receive();
    rig.after(Duration.ofSeconds(1));
    assertThat(seen).hasSize(2).containsOnly("key value-0 key value-0 Payment");
    requireRaw(rig.producer.history().get(0));
    assertThat(rig.producer.history().get(0).headers().lastHeader("seen")).isNull();
  }

  @Test
  void theMapperSeesWhatADeserialiserHasAdded() {
    rig.mapper =
        RecordMapper.deserializing(
            new StringDeserializer(),
            new Removing(),
            (key, value, record) -> {
              record.headers().forEach(each -> seen.add(each.key()));
              return Mapped.skip();
            });
    rig.started(P0);
    receive();
    assertThat(seen).containsExactly("__TypeId__", "seen");
  }

  @Test
  void aRecordMayLackKeyValueAndHeaders() {
    rig.mapper =
        record -> {
          seen.add(
              (record.key() == null)
                  + " "
                  + (record.value() == null)
                  + " "
                  + record.headers().toArray().length);
          record.headers().add("added", null);
          return Mapped.reject("");
        };
    rig.started(P0);
    rig.consumer.addRecord(new ConsumerRecord<>("payments", 0, 0, null, null));
    rig.turns(1);
    assertThat(seen).containsExactly("true true 0");
    assertThat(rig.producer.history().get(0).headers().lastHeader("added")).isNull();
  }

  @Test
  void aLetterThatIsSentAgainIsAsTheRecordWasRead() {
    List<String> contents = new ArrayList<>();
    rig.slowProducer =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, Callback callback) {
            contents.add(
                new String(record.key(), UTF_8)
                    + new String(record.value(), UTF_8)
                    + new String(record.headers().lastHeader("__TypeId__").value(), UTF_8));
            // As an interceptor may.
            Arrays.fill(record.key(), (byte) 'x');
            Arrays.fill(record.value(), (byte) 'x');
            record.headers().forEach(each -> Arrays.fill(each.value(), (byte) 'x'));
            return super.send(record, callback);
          }
        };
    rig.mapper = record -> Mapped.reject("");
    rig.started(P0);
    receive();
    rig.slowProducer.errorNext(new RecordTooLargeException());
    rig.after(Duration.ofSeconds(1));
    assertThat(contents).hasSize(2).containsOnly("keyvalue-0Payment");
  }
}
