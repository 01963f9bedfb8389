package dev.sluice.read;

import dev.sluice.model.Fingerprint;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Where a gather read goes on, as text: a version, the query's fingerprint, the last item's place,
 * the position of each shard, those with nothing to say counted together, and a checksum, so that a
 * text that was damaged or changed is none.
 *
 * @param frontier the last item's place
 * @param positions where to go on with each shard
 */
record PageToken(@Nullable Frontier frontier, List<Position> positions) {
  private static final byte VERSION = 2;
  private static final int CHECK_BYTES = 8;
  private static final byte START = 0;
  private static final byte AFTER = 1;
  private static final byte DONE = 2;

  /** The longest sort key (developer guide, "limits"). */
  private static final int MAX_KEY_BYTES = 1024;

  String encode(Fingerprint query, SortOrder order) {
    ByteWriter out = new ByteWriter().tag(VERSION).raw(query.toBytes());
    out.number(frontier == null ? -1 : frontier.shard());
    if (frontier != null) {
      out.bytes(order.bytes(frontier.sortKey()));
    }
    for (int i = 0; i < positions.size(); ) {
      Position position = positions.get(i);
      AttributeValue after = position.after();
      if (after != null) {
        out.tag(AFTER).bytes(order.bytes(after));
        i++;
        continue;
      }
      int end = i;
      while (end < positions.size() && positions.get(end).equals(position)) {
        end++;
      }
      out.tag(position.done() ? DONE : START).number(end - i);
      i = end;
    }
    byte[] content = out.toBytes();
    out.raw(check(content));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toBytes());
  }

  private static byte[] check(byte[] content) {
    return Arrays.copyOf(Fingerprint.of(content).toBytes(), CHECK_BYTES);
  }

  /**
   * Whether a text is a token of a query.
   *
   * @throws IllegalArgumentException if it is no token
   */
  static boolean isOf(String token, Fingerprint query) {
    ByteBuffer in = content(token);
    byte[] fingerprint = new byte[Fingerprint.LENGTH];
    in.get(fingerprint);
    return Fingerprint.fromBytes(fingerprint).equals(query);
  }

  /**
   * Reads a token.
   *
   * @throws IllegalArgumentException if it is none, or one of another query
   */
  static PageToken decode(String token, Fingerprint query, SortOrder order, int shards) {
    if (!isOf(token, query)) {
      throw new IllegalArgumentException(
          "The token belongs to another query. It goes on only with the same table, logical key,"
              + " conditions and order, and with a sharder that is the same or came after it. Give"
              + " all readers the new sharder before any writer, and a token that a reader with a"
              + " newer one made to such a reader; or start again without it.");
    }
    ByteBuffer in = content(token);
    in.position(in.position() + Fingerprint.LENGTH);
    try {
      PageToken read = new PageToken(frontier(in, order, shards), positions(in, order, shards));
      if (in.hasRemaining()) {
        throw malformed();
      }
      return read;
    } catch (BufferUnderflowException | NumberFormatException e) {
      throw malformed();
    }
  }

  /** What is behind the version; the fingerprint is there. */
  private static ByteBuffer content(String token) {
    byte[] all = bytes(token);
    int length = all.length - CHECK_BYTES;
    if (length <= Fingerprint.LENGTH || all[0] != VERSION) {
      throw malformed();
    }
    byte[] content = Arrays.copyOf(all, length);
    if (!Arrays.equals(check(content), Arrays.copyOfRange(all, length, all.length))) {
      throw malformed();
    }
    return ByteBuffer.wrap(content).position(1);
  }

  /**
   * The same place for a reader that has more shards before those of the token, since it was made.
   *
   * @param count how many
   * @return a token that begins with them behind what was handed out
   */
  PageToken withShardsBefore(int count, SortOrder order) {
    Frontier last = frontier;
    Position fresh =
        last == null || order == SortOrder.NONE ? Position.START : Position.after(last.sortKey());
    List<Position> all = new ArrayList<>(Collections.nCopies(count, fresh));
    all.addAll(positions);
    return new PageToken(
        last == null ? null : new Frontier(last.shard() + count, last.sortKey()), all);
  }

  private static byte[] bytes(String token) {
    try {
      return Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
  }

  private static @Nullable Frontier frontier(ByteBuffer in, SortOrder order, int shards) {
    int shard = in.getInt();
    if (shard == -1) {
      return null;
    }
    if (shard < 0 || shard >= shards) {
      throw malformed();
    }
    return new Frontier(shard, sortKey(in, order));
  }

  private static List<Position> positions(ByteBuffer in, SortOrder order, int shards) {
    List<Position> positions = new ArrayList<>(shards);
    while (positions.size() < shards) {
      byte tag = in.get();
      if (tag == AFTER && order != SortOrder.NONE) {
        positions.add(Position.after(sortKey(in, order)));
        continue;
      }
      int count = in.getInt();
      if ((tag != START && tag != DONE) || count < 1 || count > shards - positions.size()) {
        throw malformed();
      }
      for (int i = 0; i < count; i++) {
        positions.add(tag == DONE ? Position.DONE : Position.START);
      }
    }
    return positions;
  }

  private static AttributeValue sortKey(ByteBuffer in, SortOrder order) {
    int length = in.getInt();
    if (length < 0 || length > Math.min(MAX_KEY_BYTES, in.remaining())) {
      throw malformed();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return order.value(bytes);
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "The text is not a page token, or one of another version; pass what GatherPage.token gave,"
            + " unchanged, or start again without it.");
  }
}
