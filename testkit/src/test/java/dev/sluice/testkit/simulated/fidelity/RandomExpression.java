package dev.sluice.testkit.simulated.fidelity;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Random conditions and updates, with what their placeholders stand for. */
final class RandomExpression {

  private static final List<String> PATHS =
      List.of("p1", "p2", "p3", "#p1", "#p2", "pk", "p1.p2", "p2[0]", "#p1.#p2[1]");
  private static final List<String> COMPARATORS = List.of("=", "<>", "<", "<=", ">", ">=");

  final Map<String, String> names = new HashMap<>();
  final Map<String, AttributeValue> values = new HashMap<>();
  private final Attributes attributes;

  RandomExpression(Attributes attributes) {
    this.attributes = attributes;
  }

  String condition(int depth) {
    if (attributes.chance(0.01)) {
      return attributes.pick(List.of("p1 =", "(p1 = p2", "p1 p2", "AND p1", "= :v", "nothing(p1)"));
    }
    if (depth > 0 && attributes.chance(0.5)) {
      return switch (attributes.pick(List.of(0, 1, 2, 3))) {
        case 0 -> condition(depth - 1) + " AND " + condition(depth - 1);
        case 1 -> condition(depth - 1) + " OR " + condition(depth - 1);
        case 2 -> "NOT " + condition(depth - 1);
        default -> "(" + condition(depth - 1) + ")";
      };
    }
    return switch (attributes.pick(List.of(0, 1, 2, 3, 4, 5, 6, 7))) {
      case 0, 1 -> "attribute_not_exists(" + path() + ")";
      case 2 -> "attribute_exists(" + path() + ")";
      case 3 -> path() + " BETWEEN " + value() + " AND " + value();
      case 4 -> "begins_with(" + path() + ", " + value() + ")";
      case 5 -> path() + " in (" + value() + ", " + value() + ")";
      default -> operand() + " " + attributes.pick(COMPARATORS) + " " + operand();
    };
  }

  String update() {
    return switch (attributes.pick(List.of(0, 1, 2, 3, 4, 5))) {
      case 0 -> "SET p1 = " + value();
      case 1 -> "ADD p1 " + number();
      case 2 -> "SET p1 = if_not_exists(p1, " + number() + ") + " + number();
      case 3 -> "SET p2 = p1 - " + number() + ", p1 = " + value();
      case 4 -> {
        names.put("#p1", "p1");
        yield "REMOVE p3 SET p2 = p1 ADD #p1 " + number();
      }
      default -> "SET p1 = p1 + " + number() + " REMOVE p2, p3";
    };
  }

  private String operand() {
    return attributes.chance(0.5) ? path() : value();
  }

  private String path() {
    var path = attributes.pick(PATHS);
    for (var name : List.of("p1", "p2")) {
      if (path.contains("#" + name)) {
        names.put("#" + name, name);
      }
    }
    return path;
  }

  private String value() {
    return put(attributes.value(1));
  }

  private String number() {
    return put(attributes.keyPart(attributes.chance(0.1) ? 'S' : 'N'));
  }

  String put(AttributeValue value) {
    var placeholder = ":v" + values.size();
    values.put(placeholder, value);
    return placeholder;
  }
}
