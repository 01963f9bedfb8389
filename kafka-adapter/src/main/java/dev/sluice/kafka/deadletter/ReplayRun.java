package dev.sluice.kafka.deadletter;

import static java.util.stream.Collectors.toMap;

import dev.sluice.kafka.record.ReplayReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.PartitionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a dead-letter topic through the mapper and the writer, once. What is polled together is
 * dealt with together: written, what failed put back and acknowledged, its claims released, and
 * only then the position committed. Whatever ends a run before that leaves the whole to the next.
 */
public final class ReplayRun {
  private static final Logger log = LoggerFactory.getLogger(ReplayRun.class);
  private static final int ATTEMPTS = 3;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

  private final ReplayPlan plan;
  private final LetterSource source;
  private final LetterSink sink;
  private final Pace pace;
  private final Consumer<Duration> sleeper;

  private final Set<String> failedBefore = new HashSet<>();
  private final Map<String, Long> stillFailing = new TreeMap<>();
  private final Map<String, Long> notAskedFor = new TreeMap<>();
  private final Map<String, Long> ofOtherGroups = new TreeMap<>();
  private long replayed;
  private long repeated;
  private long foreign;

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
    this.source = new LetterSource(consumer, partitions, plan.fromBeginning());
    this.sink = new LetterSink(producer, plan.topic());
    this.pace = new Pace(plan.recordsPerSecond());
    this.sleeper = sleeper;
  }

  /**
   * Runs to the end that the topic had at the start.
   *
   * @return what was done
   * @throws RuntimeException if the run cannot go on; nothing is lost
   */
  public ReplayReport run() {
    while (source.hasMore()) {
      replay(source.next());
      source.commit();
    }
    return new ReplayReport(replayed, stillFailing, notAskedFor, ofOtherGroups, repeated, foreign);
  }

  private void replay(List<ConsumerRecord<byte[], byte[]>> records) {
    List<LetterWrites> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      ReceivedLetter.of(record).ifPresentOrElse(letter -> select(letter, letters), () -> foreign++);
    }
    for (LetterWrites letter : letters) {
      rest(pace.next(plan.clock().instant()));
      letter.map(plan.mapper());
      letter.write();
    }
    List<LetterWrites> open = new ArrayList<>(letters);
    open.removeIf(LetterWrites::await);
    for (int attempt = 1; attempt < ATTEMPTS && !open.isEmpty(); attempt++) {
      rest(BETWEEN_ATTEMPTS);
      open.forEach(LetterWrites::write);
      open.removeIf(LetterWrites::await);
    }
    settle(letters);
  }

  private void select(ReceivedLetter letter, List<LetterWrites> letters) {
    String reason = letter.cause().reason();
    if (!letter.group().equals(plan.group())) {
      ofOtherGroups.merge(letter.group(), 1L, Long::sum);
    } else if (!plan.reasons().isEmpty() && !plan.reasons().contains(reason)) {
      notAskedFor.merge(reason, 1L, Long::sum);
    } else if (failedBefore.contains(letter.source().value())) {
      repeated++;
    } else {
      letters.add(new LetterWrites(letter, plan.writer()));
    }
  }

  private void settle(List<LetterWrites> letters) {
    Instant now = plan.clock().instant();
    List<LetterWrites> failed = new ArrayList<>();
    for (LetterWrites letter : letters) {
      if (letter.succeeded()) {
        replayed++;
      } else if (failedBefore.add(letter.letter().source().value())) {
        failed.add(letter);
      } else {
        repeated++;
      }
    }
    List<DeadLetter> again = failed.stream().map(letter -> letter.again(now)).toList();
    sink.putBack(again);
    for (DeadLetter letter : again) {
      log.warn("Record {} failed again: {}", letter.source(), letter.cause().reason());
    }
    again.stream()
        .collect(toMap(letter -> letter.cause().reason(), letter -> 1L, Long::sum))
        .forEach((reason, count) -> stillFailing.merge(reason, count, Long::sum));
    for (LetterWrites letter : failed) {
      for (CompletionStage<Boolean> release : letter.release()) {
        release.toCompletableFuture().join();
      }
    }
  }

  private void rest(Duration wait) {
    if (!wait.isZero()) {
      sleeper.accept(wait);
    }
  }
}
