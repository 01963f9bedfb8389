package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.item.PrimaryKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps writes to one item apart: each key has a line, and only the ticket at its head may go out.
 * Lines are ordered by acceptance. A ticket that joins late, since its replay belongs to another
 * key than was drawn for it, takes its place by acceptance too, but never before one that is out.
 */
final class KeyFence {

  /** A place in a line. */
  abstract static class Ticket {
    private @Nullable Line line;
    private @Nullable Ticket before;
    private @Nullable Ticket after;

    /** {@return the order of acceptance} */
    abstract long sequence();

    /** {@return whether it has gone out as its line's head} */
    abstract boolean isOut();

    /** {@return the key that its line is known by outside} */
    abstract PrimaryKey knownAs();

    /** {@return the bytes that it holds} */
    abstract long bytes();
  }

  private static final class Line {
    final PrimaryKey key;
    Ticket head;
    Ticket tail;
    int length;
    long bytes;

    Line(PrimaryKey key, Ticket only) {
      this.key = key;
      this.head = only;
      this.tail = only;
    }
  }

  private final Map<PrimaryKey, Line> lines = new HashMap<>();
  private final LongKeyLines longKeyLines;

  KeyFence(LongKeyLines longKeyLines) {
    this.longKeyLines = longKeyLines;
  }

  /** Joins the line of a key. */
  void join(Ticket ticket, PrimaryKey key) {
    Line line = lines.get(key);
    if (line == null) {
      line = new Line(key, ticket);
      lines.put(key, line);
    } else {
      insert(line, ticket);
    }
    ticket.line = line;
    line.length++;
    line.bytes += ticket.bytes();
    longKeyLines.grew(ticket.knownAs(), line.length, line.bytes);
  }

  private static void insert(Line line, Ticket ticket) {
    Ticket before = line.tail;
    while (before != null && before.sequence() > ticket.sequence() && !before.isOut()) {
      before = before.before;
    }
    Ticket after = before == null ? line.head : before.after;
    ticket.before = before;
    ticket.after = after;
    if (before == null) {
      line.head = ticket;
    } else {
      before.after = ticket;
    }
    if (after == null) {
      line.tail = ticket;
    } else {
      after.before = ticket;
    }
  }

  boolean isInLine(Ticket ticket) {
    return ticket.line != null;
  }

  boolean isHead(Ticket ticket) {
    return ticket.line != null && ticket.line.head == ticket;
  }

  /**
   * Leaves the line.
   *
   * @return the ticket that is at the head because of this, or null
   */
  @Nullable Ticket leave(Ticket ticket) {
    Line line = ticket.line;
    if (line == null) {
      return null;
    }
    Ticket before = ticket.before;
    Ticket after = ticket.after;
    ticket.line = null;
    line.length--;
    line.bytes -= ticket.bytes();
    longKeyLines.shrank(ticket.knownAs(), line.length, line.bytes);
    ticket.before = null;
    ticket.after = null;
    if (before != null) {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    if (before == null && after == null) {
      lines.remove(line.key);
      return null;
    }
    if (after == null) {
      line.tail = requireNonNull(before);
      return null;
    }
    if (before != null) {
      return null;
    }
    line.head = after;
    return after;
  }

  /** {@return the number of keys with a line} */
  int size() {
    return lines.size();
  }
}
