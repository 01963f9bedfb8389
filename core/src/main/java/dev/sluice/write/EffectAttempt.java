package dev.sluice.write;

import dev.sluice.request.EffectRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Effects that go out together, and how often that has failed without any progress.
 *
 * @param tasks the effects, at least one
 * @param failures how often
 */
record EffectAttempt(List<EffectTask> tasks, int failures) {

  /** {@return the effects whose time is not up yet; this attempt itself if that is all of them} */
  EffectAttempt withoutEnded() {
    boolean all = true;
    for (EffectTask task : tasks) {
      all &= !task.hasEnded();
    }
    if (all) {
      return this;
    }
    List<EffectTask> open = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      if (!task.hasEnded()) {
        open.add(task);
      }
    }
    return new EffectAttempt(open, failures);
  }

  /** {@return how often one of them has failed for nothing that is known, in a row, at most} */
  int unexplained() {
    int most = 0;
    for (EffectTask task : tasks) {
      most = Math.max(most, task.attempts == null ? 0 : task.attempts.unexplained());
    }
    return most;
  }

  /** {@return their write units, by size} */
  double units() {
    long units = 0;
    for (EffectTask task : tasks) {
      units += task.plan.units();
    }
    return units;
  }

  /**
   * How many of them may go at once.
   *
   * @param most write units
   * @return 1 for the first alone, however many units that takes, to all of them
   */
  int within(double most) {
    double units = tasks.get(0).plan.units();
    int count = 1;
    while (count < tasks.size() && units + tasks.get(count).plan.units() <= most) {
      units += tasks.get(count).plan.units();
      count++;
    }
    return count;
  }

  /** {@return an attempt for some of them} */
  EffectAttempt part(int from, int to) {
    return new EffectAttempt(tasks.subList(from, to), failures);
  }

  /** {@return their bytes on the wire} */
  long bytes() {
    long bytes = 0;
    for (EffectTask task : tasks) {
      bytes += task.plan.wireBytes();
    }
    return bytes;
  }

  List<EffectRequest> requests() {
    List<EffectRequest> requests = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      requests.add(task.request());
    }
    return requests;
  }

  /** {@return an attempt for each} */
  List<EffectAttempt> singles() {
    List<EffectAttempt> singles = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      singles.add(new EffectAttempt(List.of(task), failures));
    }
    return singles;
  }

  /** {@return the two halves of more than one} */
  List<EffectAttempt> bisected() {
    return RequestSplitter.halves(tasks).stream()
        .map(half -> new EffectAttempt(half, failures))
        .toList();
  }
}
