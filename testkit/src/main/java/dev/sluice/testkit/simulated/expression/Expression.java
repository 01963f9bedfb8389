package dev.sluice.testkit.simulated.expression;

import java.util.Set;

/** An expression that has been read. Immutable, so that one can serve many requests. */
public interface Expression {

  /** The {@code #names} and {@code :values} that occur in it. */
  Set<String> placeholders();
}
