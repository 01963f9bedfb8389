package dev.sluice.benchmarks.flow;

import java.util.ArrayList;
import java.util.List;

/** A value over time, a sample each step. */
public final class Series {
  private final String name;
  private final List<Double> values = new ArrayList<>();

  Series(String name) {
    this.name = name;
  }

  /** {@return what it is} */
  public String name() {
    return name;
  }

  /** {@return the samples} */
  public List<Double> values() {
    return values;
  }

  void add(double value) {
    values.add(value);
  }

  /** The mean of the samples from one on, to another, excluded. */
  double mean(int from, int to) {
    return sum(from, to) / (to - from);
  }

  double sum(int from, int to) {
    return values.subList(from, to).stream().mapToDouble(Double::doubleValue).sum();
  }

  /** What this is of itself and another together, from one sample on, to another, excluded. */
  double shareBeside(Series other, int from, int to) {
    double own = sum(from, to);
    return own / (own + other.sum(from, to));
  }
}
