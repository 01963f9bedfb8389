package dev.sluice.fake;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Evaluates the few forms of condition expressions that the writer, or a bug in it, may send. */
record Condition(Map<String, String> names, Map<String, AttributeValue> values) {

  boolean holds(String expression, Map<String, AttributeValue> item) {
    String text = expression.trim();
    List<String> alternatives = split(text, " OR ");
    if (alternatives.size() > 1) {
      return alternatives.stream().anyMatch(part -> holds(part, item));
    }
    List<String> parts = split(text, " AND ");
    if (parts.size() > 1) {
      return parts.stream().allMatch(part -> holds(part, item));
    }
    if (text.startsWith("(") && text.endsWith(")")) {
      return holds(text.substring(1, text.length() - 1), item);
    }
    if (text.startsWith("attribute_not_exists(")) {
      return !item.containsKey(name(text));
    }
    if (text.startsWith("attribute_exists(")) {
      return item.containsKey(name(text));
    }
    return compares(text.split(" "), item);
  }

  private String name(String function) {
    return names.get(function.substring(function.indexOf('(') + 1, function.length() - 1));
  }

  private boolean compares(String[] parts, Map<String, AttributeValue> item) {
    AttributeValue left = item.get(names.get(parts[0]));
    AttributeValue right = values.get(parts[2]);
    return switch (parts[1]) {
      case "=" -> right.equals(left);
      case "<>" -> !right.equals(left);
      case "<" -> left != null && new BigDecimal(left.n()).compareTo(new BigDecimal(right.n())) < 0;
      default -> throw new AssertionError("unknown condition " + String.join(" ", parts));
    };
  }

  /** Splits outside of parentheses. */
  private static List<String> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (depth == 0 && text.startsWith(separator, i)) {
        parts.add(text.substring(from, i));
        from = i + separator.length();
      }
    }
    parts.add(text.substring(from));
    return parts;
  }
}
