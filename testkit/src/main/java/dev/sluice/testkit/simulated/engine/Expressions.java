package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.expression.ConditionExpression;
import dev.sluice.testkit.simulated.expression.Projection;
import dev.sluice.testkit.simulated.expression.Statement;
import dev.sluice.testkit.simulated.expression.UpdateExpression;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Expressions and statements that have been read before, as long as they are not too many. */
final class Expressions {

  private static final int MOST = 10_000;

  private final Map<String, ConditionExpression> conditions = new HashMap<>();
  private final Map<String, UpdateExpression> updates = new HashMap<>();
  private final Map<String, Projection> projections = new HashMap<>();
  private final Map<String, Statement> statements = new HashMap<>();

  ConditionExpression condition(String text) {
    return read(conditions, text, ConditionExpression::parse);
  }

  UpdateExpression update(String text) {
    return read(updates, text, UpdateExpression::parse);
  }

  Projection projection(String text) {
    return read(projections, text, Projection::parse);
  }

  Statement statement(String text) {
    return read(statements, text, Statement::parse);
  }

  private static <E> E read(Map<String, E> known, String text, Function<String, E> parser) {
    var expression = known.get(text);
    if (expression == null) {
      if (known.size() >= MOST) {
        known.clear();
      }
      expression = parser.apply(text);
      known.put(text, expression);
    }
    return expression;
  }
}
