package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import com.amazonaws.services.dynamodbv2.parser.ReservedKeywords;
import dev.sluice.testkit.simulated.error.NotSimulatedError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads operands and conditions, and notes the placeholders that occur. */
final class ExpressionParser {

  private static final Set<String> COMPARATORS = Set.of("=", "<>", "<", "<=", ">", ">=");
  private static final Set<String> OTHER_FUNCTIONS = Set.of("attribute_type", "contains", "size");

  /** The most operands of an {@code IN}: "Expression parameters" in "Quotas" of the guide. */
  private static final int MOST_CHOICES = 100;

  /** The most operators and functions of a condition: the same. */
  private static final int MOST_OPERATORS = 300;

  private final Tokens tokens;
  private final Set<String> placeholders = new HashSet<>();

  /**
   * Whether the condition read last stands in parentheses, which a second pair may not surround.
   */
  private boolean endsWithParentheses;

  private int operators;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  Set<String> placeholders() {
    return Set.copyOf(placeholders);
  }

  Condition condition() {
    var left = conjunction();
    while (tokens.takeIf("OR")) {
      countOperator();
      left = new Condition.Or(left, conjunction());
      endsWithParentheses = false;
    }
    return left;
  }

  private Condition conjunction() {
    var left = negation();
    while (tokens.takeIf("AND")) {
      countOperator();
      left = new Condition.And(left, negation());
      endsWithParentheses = false;
    }
    return left;
  }

  private Condition negation() {
    if (!tokens.takeIf("NOT")) {
      return term();
    }
    countOperator();
    var negated = new Condition.Not(negation());
    endsWithParentheses = false;
    return negated;
  }

  private Condition term() {
    if (tokens.takeIf("(")) {
      var inner = condition();
      if (endsWithParentheses) {
        throw validation("the expression has redundant parentheses");
      }
      tokens.expect(")");
      endsWithParentheses = true;
      return inner;
    }
    countOperator();
    var condition = tokens.peek(1).equals("(") ? function() : comparison();
    endsWithParentheses = false;
    return condition;
  }

  private void countOperator() {
    operators++;
    if (operators > MOST_OPERATORS) {
      throw validation("an expression of more than " + MOST_OPERATORS + " operators");
    }
  }

  private Condition function() {
    var name = tokens.take();
    NotSimulatedError.refuseIf(OTHER_FUNCTIONS.contains(name), "the function " + name);
    tokens.expect("(");
    var path = path();
    Condition condition;
    switch (name) {
      case "attribute_exists" -> condition = new Condition.Exists(path, true);
      case "attribute_not_exists" -> condition = new Condition.Exists(path, false);
      case "begins_with" -> {
        tokens.expect(",");
        condition = new Condition.BeginsWith(path, operand());
      }
      default -> throw validation("there is no function " + name);
    }
    tokens.expect(")");
    return condition;
  }

  private Condition comparison() {
    var left = operand();
    if (tokens.takeIf("BETWEEN")) {
      var low = operand();
      tokens.expect("AND");
      return new Condition.Between(left, low, operand());
    }
    if (tokens.takeIf("IN")) {
      return new Condition.In(left, choices());
    }
    if (!COMPARATORS.contains(tokens.peek())) {
      throw tokens.unexpected();
    }
    var comparator = tokens.take();
    return new Condition.Compare(left, comparator, operand());
  }

  private List<Operand> choices() {
    List<Operand> choices = new ArrayList<>();
    tokens.expect("(");
    do {
      choices.add(operand());
    } while (tokens.takeIf(","));
    tokens.expect(")");
    if (choices.size() > MOST_CHOICES) {
      throw validation("IN of " + choices.size() + " values");
    }
    return choices;
  }

  Operand operand() {
    if (tokens.peek().startsWith(":")) {
      return given();
    }
    NotSimulatedError.refuseIf(
        tokens.peek(1).equals("(") && OTHER_FUNCTIONS.contains(tokens.peek()),
        "the function " + tokens.peek());
    return path();
  }

  Operand.Given given() {
    if (!tokens.peek().startsWith(":")) {
      throw tokens.unexpected();
    }
    var placeholder = tokens.take();
    placeholders.add(placeholder);
    return new Operand.Given(placeholder);
  }

  Operand.Path path() {
    var attribute = name();
    List<String> steps = new ArrayList<>();
    while (true) {
      if (tokens.takeIf(".")) {
        steps.add(name());
      } else if (tokens.takeIf("[")) {
        steps.add("[" + index());
        tokens.expect("]");
      } else {
        return new Operand.Path(attribute, List.copyOf(steps));
      }
    }
  }

  private int index() {
    try {
      int index = Integer.parseInt(tokens.peek());
      tokens.take();
      return index;
    } catch (NumberFormatException e) {
      throw tokens.unexpected();
    }
  }

  private String name() {
    var word = tokens.peek();
    if (word.startsWith("#")) {
      placeholders.add(word);
    } else if (word.isEmpty() || !isLetter(word.charAt(0)) || isWordOfTheLanguage(word)) {
      throw tokens.unexpected();
    } else if (ReservedKeywords.isKeyword(word)) {
      throw validation("attribute name is a reserved keyword: " + word);
    }
    return tokens.take();
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isWordOfTheLanguage(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "AND", "OR", "NOT", "BETWEEN", "IN", "SET", "ADD", "REMOVE", "DELETE" -> true;
      default -> false;
    };
  }
}
