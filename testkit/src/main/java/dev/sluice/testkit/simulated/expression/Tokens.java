package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of an expression, read one after the other. Words of the language have any case. */
final class Tokens {

  /** What comes after the last word. */
  static final String END = "";

  private static final Pattern WORD =
      Pattern.compile("\\s*(?:([#:]?[A-Za-z0-9_]+|<>|<=|>=|[=<>(),.\\[\\]+-])|$)");

  /** The longest expression, in bytes: "Expression parameters" in "Quotas" of the guide. */
  private static final int MOST_BYTES = 4096;

  private final String text;
  private final List<String> words = new ArrayList<>();
  private int at;

  Tokens(String text) {
    this.text = text;
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_BYTES) {
      throw validation("an expression of " + bytes + " bytes");
    }
    Matcher matcher = WORD.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw validation("cannot be read: " + text.substring(end));
      }
      end = matcher.end();
      if (matcher.group(1) != null) {
        words.add(matcher.group(1));
      }
    }
  }

  String peek() {
    return peek(0);
  }

  String peek(int ahead) {
    return at + ahead < words.size() ? words.get(at + ahead) : END;
  }

  boolean next(String word) {
    return peek().equalsIgnoreCase(word);
  }

  String take() {
    var word = peek();
    at++;
    return word;
  }

  boolean takeIf(String word) {
    boolean is = next(word);
    if (is) {
      at++;
    }
    return is;
  }

  void expect(String word) {
    if (!takeIf(word)) {
      throw unexpected();
    }
  }

  void expectEnd() {
    if (at < words.size()) {
      throw unexpected();
    }
  }

  RuntimeException unexpected() {
    return validation("unexpected '" + peek() + "' in: " + text);
  }
}
