package dev.sluice.benchmarks.jmh;

import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;

/**
 * What one benchmark showed, with one choice of its parameters.
 *
 * @param type the class
 * @param method the method
 * @param parameters as text; empty if there are none
 * @param nanos of an operation
 * @param error of these, the half-width of a 99.9 % confidence interval
 * @param bytes that an operation allocates, or NaN where it was not measured
 * @param loopNanos of them what the writer's loop took, or NaN where there is none
 */
record Score(
    String type,
    String method,
    String parameters,
    double nanos,
    double error,
    double bytes,
    double loopNanos) {
  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final String LOOP = "loopNanosPerEvent";

  static Score of(RunResult run) {
    String name = run.getParams().getBenchmark();
    int methodAt = name.lastIndexOf('.');
    int typeAt = name.lastIndexOf('.', methodAt - 1);
    return new Score(
        name.substring(typeAt + 1, methodAt),
        name.substring(methodAt + 1),
        run.getParams().getParamsKeys().stream()
            .map(key -> key + '=' + run.getParams().getParam(key))
            .collect(Collectors.joining(", ")),
        run.getPrimaryResult().getScore(),
        run.getPrimaryResult().getScoreError(),
        secondary(run, ALLOCATED),
        secondary(run, LOOP));
  }

  private static double secondary(RunResult run, String name) {
    return run.getSecondaryResults().containsKey(name)
        ? run.getSecondaryResults().get(name).getScore()
        : Double.NaN;
  }

  /** {@return whether it is this method of this class, with these parameters} */
  boolean is(String ofType, String named, String with) {
    return type.equals(ofType) && method.equals(named) && parameters.equals(with);
  }
}
