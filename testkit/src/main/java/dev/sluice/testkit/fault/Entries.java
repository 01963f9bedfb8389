package dev.sluice.testkit.fault;

import java.util.Arrays;

/** Chooses entries of a batch: put and delete requests, or statements. */
@FunctionalInterface
public interface Entries {

  /**
   * Whether this entry is chosen.
   *
   * @param index its place in the request, from 0, counted over all tables
   * @param json the entry itself
   */
  boolean includes(int index, String json);

  /** Every entry. */
  static Entries all() {
    return (index, json) -> true;
  }

  /** The entries at these places. */
  static Entries at(int... indexes) {
    var chosen = indexes.clone();
    return (index, json) -> Arrays.stream(chosen).anyMatch(i -> i == index);
  }

  /** All entries but the first {@code count}. */
  static Entries after(int count) {
    return (index, json) -> index >= count;
  }

  /** The entries whose JSON contains this text. */
  static Entries containing(String text) {
    return (index, json) -> json.contains(text);
  }
}
