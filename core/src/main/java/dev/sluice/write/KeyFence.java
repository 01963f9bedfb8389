package dev.sluice.write;

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
  abstract static class Ticket extends LinkedElements.Element<Ticket> {
    /** {@return the order of acceptance} */
    abstract long sequence();

    /** {@return whether it has gone out as its line's head} */
    abstract boolean isOut();

    /** {@return the key that its line is known by outside} */
    abstract PrimaryKey knownAs();

    /** {@return the bytes that it holds} */
    abstract long bytes();
  }

  private static final class Line extends LinkedElements<Ticket> {
    final PrimaryKey key;
    long bytes;

    Line(PrimaryKey key) {
      this.key = key;
    }
  }

  private final Map<PrimaryKey, Line> lines = new HashMap<>();
  private final LongKeyLines longKeyLines;

  KeyFence(LongKeyLines longKeyLines) {
    this.longKeyLines = longKeyLines;
  }

  /** Joins the line of a key. */
  void join(Ticket ticket, PrimaryKey key) {
    Line line = lines.computeIfAbsent(key, Line::new);
    Ticket before = line.last();
    while (before != null && before.sequence() > ticket.sequence() && !before.isOut()) {
      before = before.before();
    }
    line.insertAfter(before, ticket);
    line.bytes += ticket.bytes();
    longKeyLines.grew(ticket.knownAs(), line.size(), line.bytes);
  }

  boolean isInLine(Ticket ticket) {
    return ticket.list() != null;
  }

  boolean isHead(Ticket ticket) {
    return ticket.list() != null && ticket.before() == null;
  }

  /**
   * Leaves the line.
   *
   * @return the ticket that is at the head because of this, or null
   */
  @Nullable Ticket leave(Ticket ticket) {
    Line line = (Line) ticket.list();
    if (line == null) {
      return null;
    }
    boolean wasHead = ticket.before() == null;
    line.remove(ticket);
    line.bytes -= ticket.bytes();
    longKeyLines.shrank(ticket.knownAs(), line.size(), line.bytes);
    if (line.size() == 0) {
      lines.remove(line.key);
    }
    return wasHead ? line.first() : null;
  }

  /** {@return the number of keys with a line} */
  int size() {
    return lines.size();
  }
}
