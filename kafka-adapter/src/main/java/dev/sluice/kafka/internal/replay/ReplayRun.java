package dev.sluice.kafka.internal.replay;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterAdvice;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import dev.sluice.kafka.internal.deadletter.ReceivedLetter;
import dev.sluice.kafka.record.GuardedMapper;
import dev.sluice.kafka.record.ReplayReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a dead-letter topic through the mapper and the writer, once. What is polled together is
 * dealt with together: written, what failed put back and acknowledged, its claims released, and
 * only then the position committed.
 *
 * <p>Whatever ends a run before something was put back leaves the whole to the next. From then on
 * the position moves past what is settled, whatever ends the run: what is back would be put back
 * again by every run that does not get further. A claim that is not released by then is when its
 * record, which is at the topic's end, is left again.
 */
public final class ReplayRun {
  private static final Logger log = LoggerFactory.getLogger(ReplayRun.class);
  private static final int ATTEMPTS = 3;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

  private final ReplayPlan plan;
  private final GuardedMapper mapper;
  private final LetterSource source;
  private final LetterSink sink;
  private final LetterClaims claims;
  private final ReplayRate pace;
  private final LetterAge age;
  private final Consumer<Duration> sleeper;

  private final Set<String> failedBefore = new HashSet<>();
  private final ReplayTally tally = new ReplayTally();
  private @Nullable KafkaException firstNotTaken;

  /**
   * Prepares a run.
   *
   * @param plan what it does
   * @param consumer reads the topic; closed by whoever made it
   * @param partitions of the topic
   * @param producer puts back what fails; closed by whoever made it
   * @param sleeper waits
   */
  public ReplayRun(
      ReplayPlan plan,
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      List<PartitionInfo> partitions,
      Producer<byte[], byte[]> producer,
      Consumer<Duration> sleeper) {
    this.plan = plan;
    this.mapper = GuardedMapper.of(plan.mapper());
    this.source = new LetterSource(consumer, partitions, plan);
    this.sink = new LetterSink(producer, plan.topic());
    this.claims = new LetterClaims(plan.writer(), this::rest);
    this.pace = new ReplayRate(plan.recordsPerSecond());
    this.age = new LetterAge(plan.writer(), plan.clocks().dates());
    this.sleeper = sleeper;
  }

  /**
   * Runs to the end that the topic had at the start.
   *
   * @return what was done
   * @throws RuntimeException if the run cannot go on, or a letter was left; nothing is lost
   */
  public ReplayReport run() {
    while (source.hasMore()) {
      settle(write(source.next()));
    }
    ReplayReport report = tally.report();
    if (report.expired() > 0) {
      log.warn(
          "{} dead letters of {} were left: they are older than the ledger keeps claims ({}), or their age is not known, so that their events might take effect twice. They stay there; ask for them by replayExpired(), when that is wanted",
          report.expired(),
          plan.topic(),
          age.retention().orElse(Duration.ZERO));
    }
    KafkaException failure = firstNotTaken;
    if (failure != null) {
      log.warn(
          "Dead letters of {} were left, since it does not take them back: {}",
          plan.topic(),
          report);
      throw failure;
    }
    return report;
  }

  /** Hands all to the writer, and waits for how they end. */
  private List<LetterWrites> write(List<ConsumerRecord<byte[], byte[]>> records) {
    List<LetterWrites> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      DeadLetterCodec.decode(record)
          .ifPresentOrElse(letter -> select(letter, letters), () -> tally.foreign++);
    }
    hand(letters);
    List<LetterWrites> open = new ArrayList<>(letters);
    open.removeIf(LetterWrites::await);
    for (int attempt = 1; attempt < ATTEMPTS && !open.isEmpty(); attempt++) {
      rest(BETWEEN_ATTEMPTS);
      hand(open);
      open.removeIf(LetterWrites::await);
    }
    requireNoInterruption();
    return letters;
  }

  private void hand(List<LetterWrites> letters) {
    for (LetterWrites letter : letters) {
      keepPace();
      letter.map(mapper);
      letter.write();
    }
  }

  private void select(ReceivedLetter letter, List<LetterWrites> letters) {
    String reason = letter.cause().reason();
    if (source.hasLeft(letter.letter())) {
      return;
    }
    if (!letter.group().equals(plan.letters().group())) {
      tally.ofOtherGroup(letter.group());
    } else if (!plan.letters().reasons().isEmpty() && !plan.letters().reasons().contains(reason)) {
      tally.notAskedFor(reason);
    } else if (failedBefore.contains(letter.source().value())) {
      tally.repeated++;
    } else if (!plan.letters().expired() && age.isExpired(letter)) {
      leaveExpired(letter);
    } else {
      letters.add(new LetterWrites(letter, plan.writer()));
    }
  }

  private void leaveExpired(ReceivedLetter letter) {
    tally.expired++;
    if (!source.leaveExpired(letter.letter())) {
      log.warn(
          "Dead letters of {}-{} from offset {} on were left: more are left for their age than the committed position can name",
          letter.letter().topic(),
          letter.letter().partition(),
          letter.letter().offset());
      source.leave(letter.letter());
    }
  }

  private void settle(List<LetterWrites> letters) {
    List<LetterClaims.Claim> leftBehind = new ArrayList<>();
    try {
      for (int i = 0; i < letters.size(); i++) {
        try {
          leftBehind.addAll(settle(letters.get(i)));
        } catch (RuntimeException e) {
          letters.subList(i, letters.size()).forEach(each -> source.leave(each.letter().letter()));
          throw e;
        }
      }
      claims.release(leftBehind);
    } catch (RuntimeException e) {
      commitAfter(e);
      throw e;
    }
    source.commit();
  }

  /** Settles one, and says which claims are to be released since it is back. */
  private List<LetterClaims.Claim> settle(LetterWrites letter) {
    String record = letter.letter().source().value();
    if (source.hasLeft(letter.letter().letter())) {
      return List.of();
    }
    if (letter.succeeded()) {
      tally.replayed++;
    } else if (failedBefore.contains(record)) {
      tally.repeated++;
    } else if (putBack(letter)) {
      failedBefore.add(record);
      return letter.claims();
    }
    return List.of();
  }

  private boolean putBack(LetterWrites letter) {
    DeadLetter again = letter.again(plan.clocks().dates().instant());
    String reason = again.cause().reason();
    try {
      sink.putBack(again);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      left(letter.letter().letter(), reason, e);
      return false;
    }
    log.warn("Record {} failed again: {}", again.source(), reason);
    tally.failedAgain(reason);
    return true;
  }

  /** Other partitions go on: their letters need not wait for this one. */
  private void left(ConsumerRecord<byte[], byte[]> letter, String reason, KafkaException failure) {
    source.leave(letter);
    var named =
        new KafkaException(
            "Dead letter at offset %d of %s-%d failed again (%s) and could not be put back: it stays there, and so does what is behind it. See the cause, mend the topic or the record's own cause, and run again.%s"
                .formatted(
                    letter.offset(),
                    letter.topic(),
                    letter.partition(),
                    reason,
                    DeadLetterAdvice.advice(letter, failure)),
            failure);
    log.warn("{}", named.getMessage());
    if (firstNotTaken == null) {
      firstNotTaken = named;
    } else {
      firstNotTaken.addSuppressed(named);
    }
  }

  private void commitAfter(RuntimeException ending) {
    boolean interrupted = Thread.interrupted();
    try {
      source.commit();
    } catch (RuntimeException e) {
      ending.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Every attempt counts for the rate, not only the first. */
  private void keepPace() {
    rest(pace.next(plan.clocks().steady().instant()));
  }

  private void rest(Duration wait) {
    if (!wait.isZero()) {
      sleeper.accept(wait);
    }
    requireNoInterruption();
  }

  /** An interrupted thread neither rests nor waits for room: what it went on with would fail. */
  private static void requireNoInterruption() {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptException("The replay was interrupted; the next run goes on.");
    }
  }
}
