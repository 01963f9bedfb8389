package dev.sluice.kafka.record;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A mapper of which its owner says that several threads may call it. */
record ThreadSafeMapper(RecordMapper mapper) implements RecordMapper {

  @Override
  public Mapped map(ConsumerRecord<byte[], byte[]> record) throws Exception {
    return mapper.map(record);
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }
}
