package dev.sluice.testkit.simulated.expression;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A PartiQL statement whose values are all parameters. Two forms are read: {@code INSERT INTO "t"
 * VALUE {'a': ?, ...}} and {@code SELECT * FROM "t" WHERE "a" = ? [AND "b" = ?]}.
 *
 * @param kind what it does
 * @param table the table's name
 * @param attributes the attributes that the parameters stand for, in order
 */
public record Statement(Kind kind, String table, List<String> attributes) {

  /** What a statement does. */
  public enum Kind {
    /** Puts an item that is not there yet. */
    INSERT,
    /** Reads one item by its whole key. */
    SELECT
  }

  private static final String TABLE = "(?:\"([A-Za-z0-9_.-]+)\"|([A-Za-z0-9_]+))";
  private static final String QUOTED = "'((?:[^']++|'')*+)'\\s*:\\s*\\?";
  private static final String EQUAL = "(?:\"([^\"]+)\"|([A-Za-z0-9_]+))\\s*=\\s*\\?";
  private static final Pattern INSERT =
      Pattern.compile("(?i)\\s*INSERT\\s+INTO\\s+" + TABLE + "\\s+VALUE\\s*\\{(.*)}\\s*");
  private static final Pattern SELECT =
      Pattern.compile("(?i)\\s*SELECT\\s+\\*\\s+FROM\\s+" + TABLE + "\\s+WHERE\\s+(.*)");
  private static final Pattern ATTRIBUTE = Pattern.compile("\\s*" + QUOTED + "\\s*(,|$)");
  private static final Pattern TERM = Pattern.compile("(?i)\\s*" + EQUAL + "\\s*(\\bAND\\b|$)");

  /**
   * Reads a statement.
   *
   * @throws NotSimulatedError if it has another form, a wrong one included
   */
  public static Statement parse(String text) {
    for (var kind : Kind.values()) {
      var matcher = (kind == Kind.INSERT ? INSERT : SELECT).matcher(text);
      if (matcher.matches()) {
        var table = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return new Statement(kind, table, attributes(kind, matcher.group(3), text));
      }
    }
    throw new NotSimulatedError("the statement " + text);
  }

  private static List<String> attributes(Kind kind, String list, String text) {
    var matcher = (kind == Kind.INSERT ? ATTRIBUTE : TERM).matcher(list);
    List<String> attributes = new ArrayList<>();
    int end = 0;
    boolean more = true;
    while (more) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new NotSimulatedError("the statement " + text);
      }
      end = matcher.end();
      var name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      attributes.add(kind == Kind.INSERT ? name.replace("''", "'") : name);
      more = !matcher.group(matcher.groupCount()).isEmpty();
    }
    NotSimulatedError.refuseIf(end != list.length(), "the statement " + text);
    return List.copyOf(attributes);
  }
}
