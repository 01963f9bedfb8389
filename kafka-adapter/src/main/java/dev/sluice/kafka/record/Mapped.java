package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.Fingerprint;
import dev.sluice.model.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link RecordMapper} makes of a record. Immutable. */
public sealed interface Mapped {

  /**
   * The record is one event.
   *
   * @param write the event and its effects
   * @return the mapping
   */
  static Mapped write(Write write) {
    return new Writes(List.of(write));
  }

  /**
   * The record is several events. Each claims its own id; the record is done when all have ended.
   *
   * @param writes the events, in an order that is the same on every delivery; none is a {@link
   *     #skip()}
   * @return the mapping
   */
  static Mapped writes(List<Write> writes) {
    return new Writes(writes);
  }

  /**
   * The record is of no interest: it is done.
   *
   * @return the mapping
   */
  static Mapped skip() {
    return Skip.INSTANCE;
  }

  /**
   * The record cannot be used: it goes to the dead-letter topic.
   *
   * @param reason why, for the dead letter's {@code sluice.detail} header; it should hold nothing
   *     of the record's key or value
   * @return the mapping
   */
  static Mapped reject(String reason) {
    return new Reject(reason);
  }

  /**
   * See {@link #write} and {@link #writes}.
   *
   * @param writes the events, in order
   */
  record Writes(List<Write> writes) implements Mapped {
    /** Copies the list. */
    public Writes {
      writes = List.copyOf(requireNonNull(writes, "writes"));
    }

    /**
     * The writes as they are made: where one names no content by which a reused event id is
     * noticed, the record's value does.
     *
     * @param value the record's value; null counts as empty
     * @return the writes, each with a fingerprint
     */
    public List<Write> fingerprintedBy(byte @Nullable [] value) {
      if (writes.stream().allMatch(write -> write.fingerprint().isPresent())) {
        return writes;
      }
      Fingerprint ofValue = Fingerprint.of(value == null ? new byte[0] : value);
      if (writes.size() == 1) {
        return List.of(writes.get(0).fingerprint(ofValue));
      }
      return writes.stream()
          .map(write -> write.fingerprint().isPresent() ? write : write.fingerprint(ofValue))
          .toList();
    }
  }

  /** See {@link #skip}. */
  enum Skip implements Mapped {
    /** The only one. */
    INSTANCE
  }

  /**
   * See {@link #reject}.
   *
   * @param reason why
   */
  record Reject(String reason) implements Mapped {
    /** Checks that a reason is given. */
    public Reject {
      requireNonNull(reason, "reason");
    }
  }
}
