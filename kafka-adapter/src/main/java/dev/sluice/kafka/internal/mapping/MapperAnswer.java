package dev.sluice.kafka.internal.mapping;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.record.GuardedMapper;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.MapperError;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Says what a mapper made of a record, or what its exception means for the record. */
public sealed interface MapperAnswer {
  /**
   * The record's writes; none if the record holds no event.
   *
   * @param writes each with a fingerprint of the record's value, unless the mapper gave it another
   */
  record Writes(List<Write> writes) implements MapperAnswer {}

  /**
   * The record itself is at fault: it will never be mapped.
   *
   * @param cause why, for its dead letter
   */
  record AtFault(DeadLetter.Cause cause) implements MapperAnswer {}

  /**
   * The mapper failed for something that may pass: it is to be asked again later.
   *
   * @param thrown the class of the exception; its message may quote the record
   */
  record NotNow(String thrown) implements MapperAnswer {}

  /**
   * Asks a mapper. The calling thread must have its turn with it, and gives the turn back.
   *
   * @param mapper the mapper
   * @param record the record as it was read
   * @param source its source position, for messages
   * @return the mapper's answer
   * @throws SystemException if the mapper says that no record is at fault
   * @throws ConfigurationException if the mapper says that the service's settings are at fault
   * @throws MapperError if the mapper throws an error
   * @throws InterruptedException if the thread was interrupted in the mapper
   */
  static MapperAnswer of(
      GuardedMapper mapper, ConsumerRecord<byte[], byte[]> record, SourcePosition source)
      throws InterruptedException {
    try {
      return of(mapper.map(record), record);
    } catch (InterruptedException e) {
      throw e;
    } catch (RetriableException | org.apache.kafka.common.errors.RetriableException e) {
      return new NotNow(e.getClass().getName());
    } catch (SystemException | ConfigurationException e) {
      throw e;
    } catch (Exception | StackOverflowError e) {
      if (Thread.interrupted()) {
        throw interrupted(e);
      }
      return new AtFault(DeadLetter.Cause.mapperThrew(e));
    } catch (Error e) {
      throw new MapperError(source.value(), e);
    } finally {
      mapper.endTurn();
    }
  }

  private static MapperAnswer of(@Nullable Mapped mapped, ConsumerRecord<byte[], byte[]> record) {
    if (mapped instanceof Mapped.Writes some) {
      return new Writes(some.fingerprintedBy(record.value()));
    }
    if (mapped instanceof Mapped.Reject reject) {
      return new AtFault(DeadLetter.Cause.of(reject));
    }
    return mapped == null
        ? new AtFault(DeadLetter.Cause.mapperReturnedNull())
        : new Writes(List.of());
  }

  private static InterruptedException interrupted(Throwable cause) {
    var interruption = new InterruptedException("The thread was interrupted in the mapper.");
    interruption.initCause(cause);
    return interruption;
  }
}
