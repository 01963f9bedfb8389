package dev.sluice.testkit.simulated.expression;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads update expressions. */
final class UpdateParser {

  private final Tokens tokens;
  private final ExpressionParser operands;
  private final List<UpdateExpression.Clause> clauses = new ArrayList<>();

  UpdateParser(Tokens tokens) {
    this.tokens = tokens;
    this.operands = new ExpressionParser(tokens);
  }

  Set<String> placeholders() {
    return operands.placeholders();
  }

  List<UpdateExpression.Clause> clauses() {
    Set<String> sections = new HashSet<>();
    do {
      var section = tokens.peek().toUpperCase(Locale.ROOT);
      NotSimulatedError.refuseIf(section.equals("DELETE"), "DELETE in an update expression");
      if (!Set.of("SET", "ADD", "REMOVE").contains(section) || !sections.add(section)) {
        throw tokens.unexpected();
      }
      tokens.take();
      do {
        clauses.add(clause(section));
      } while (tokens.takeIf(","));
    } while (!tokens.peek().equals(Tokens.END));
    return List.copyOf(clauses);
  }

  private UpdateExpression.Clause clause(String section) {
    var path = operands.path();
    NotSimulatedError.refuseIf(!path.steps().isEmpty(), "an update within an attribute");
    if (section.equals("REMOVE")) {
      return new UpdateExpression.Clause(path, new Assignment.Remove());
    }
    if (section.equals("ADD")) {
      return new UpdateExpression.Clause(path, new Assignment.Add(path, operands.given()));
    }
    tokens.expect("=");
    var left = term();
    if (tokens.next("+") || tokens.next("-")) {
      boolean negated = tokens.take().equals("-");
      left = new Assignment.Sum(left, term(), negated);
    }
    return new UpdateExpression.Clause(path, left);
  }

  private Assignment term() {
    if (!tokens.peek(1).equals("(")) {
      return new Assignment.Copy(operands.operand());
    }
    var function = tokens.take();
    NotSimulatedError.refuseIf(!function.equals("if_not_exists"), "the function " + function);
    tokens.expect("(");
    var path = operands.path();
    tokens.expect(",");
    var otherwise = operands.operand();
    tokens.expect(")");
    return new Assignment.Default(path, otherwise);
  }
}
