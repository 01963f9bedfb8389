package dev.sluice.testkit.fault;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides for each request what happens to it. A client asks its policy from whatever thread sends
 * the request, but never from two at a time. What a policy throws fails the request.
 */
@FunctionalInterface
public interface FaultPolicy {

  /** The fault for this request; {@link Fault#none()} to let it pass. */
  Fault decide(RequestView request);

  /** Lets everything pass. */
  static FaultPolicy none() {
    return request -> Fault.none();
  }

  /**
   * Gives a request one of the faults, each as likely as the others, with the given probability.
   *
   * @throws IllegalArgumentException if the probability is not within 0 and 1, or no fault is given
   */
  static FaultPolicy sometimes(RandomGenerator random, double probability, Fault... faults) {
    requireNonNull(random, "random");
    var choice = List.of(faults);
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability must be within 0 and 1: " + probability);
    }
    if (choice.isEmpty()) {
      throw new IllegalArgumentException("faults must not be empty");
    }
    return request ->
        random.nextDouble() < probability
            ? choice.get(random.nextInt(choice.size()))
            : Fault.none();
  }
}
