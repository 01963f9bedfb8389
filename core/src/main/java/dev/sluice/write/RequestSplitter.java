package dev.sluice.write;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits requests that are not answered, or fail for nothing that is known. One of their members
 * may be why, and must not take its neighbours with it; but in an outage nobody is answered, and
 * smaller requests only multiply.
 */
final class RequestSplitter {
  /** Two splits single out one of 25. */
  private static final int PARTS = 5;

  private RequestSplitter() {}

  /**
   * Whether a request of several members is to be split.
   *
   * @param unexplained how often it has failed in a row for nothing that is known
   * @param othersAnswered whether another request has been answered since it was sent
   * @param isOfClient whether it failed before it was sent: then its members are hardly why
   * @return at once if others are answered, else from the second time
   */
  static boolean isDue(int unexplained, boolean othersAnswered, boolean isOfClient) {
    return othersAnswered ? unexplained > 0 : unexplained > 1 && !isOfClient;
  }

  /**
   * Bisects a request of which a member was rejected, so that this one is alone in the end.
   *
   * @param members at least two
   * @return both halves, in their order
   */
  static <T> List<List<T>> halves(List<T> members) {
    int middle = members.size() / 2;
    return List.of(
        List.copyOf(members.subList(0, middle)),
        List.copyOf(members.subList(middle, members.size())));
  }

  /**
   * Splits the members of a request.
   *
   * @param members at least one
   * @return at most {@value #PARTS} lists of about the same size, in their order
   */
  static <T> List<List<T>> parts(List<T> members) {
    int count = Math.min(PARTS, members.size());
    List<List<T>> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = members.size() * i / count;
      int to = members.size() * (i + 1) / count;
      parts.add(new ArrayList<>(members.subList(from, to)));
    }
    return parts;
  }
}
