package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.model.Fingerprint;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A token says where each shard goes on, and goes on with nothing else. */
class PageTokenTest {
  private static final Fingerprint QUERY = Fingerprint.of(new byte[] {1});

  private final SplittableRandom random = new SplittableRandom(43);

  private AttributeValue sortKey(SortOrder order) {
    return switch (order) {
      case TEXT -> AttributeValue.fromS("ключ-" + random.nextInt(1009) + "😀");
      case NUMBER -> AttributeValue.fromN(random.nextInt() + "." + random.nextInt(1009));
      default -> GatherRig.bytes(new byte[] {(byte) random.nextInt(), 0, -1});
    };
  }

  private PageToken token(SortOrder order, int shards) {
    List<Position> positions = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      positions.add(
          switch (random.nextInt(3)) {
            case 0 -> Position.START;
            case 1 -> Position.DONE;
            default -> Position.after(sortKey(order));
          });
    }
    Frontier frontier =
        random.nextBoolean() ? null : new Frontier(random.nextInt(shards), sortKey(order));
    return new PageToken(frontier, positions);
  }

  @Test
  void whatIsWrittenIsRead() {
    for (SortOrder order : List.of(SortOrder.TEXT, SortOrder.NUMBER, SortOrder.BINARY)) {
      for (int i = 0; i < 1009; i++) {
        int shards = 1 + random.nextInt(17);
        PageToken token = token(order, shards);
        String text = token.encode(QUERY, order);

        assertThat(PageToken.decode(text, QUERY, order, shards)).isEqualTo(token);
        assertThat(text).matches("[A-Za-z0-9_-]+");
      }
    }
  }

  @Test
  void whatIsNoTokenIsRejected() {
    String good = token(SortOrder.TEXT, 5).encode(QUERY, SortOrder.TEXT);
    List<String> rejected = new ArrayList<>(List.of("", "?", "AA", "Ag", "é", good + "AA"));
    for (int end = 0; end < good.length(); end++) {
      rejected.add(good.substring(0, end));
    }
    for (String text : rejected) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> PageToken.decode(text, QUERY, SortOrder.TEXT, 5))
          .withMessageContaining("GatherPage.token");
    }
    for (int shards : new int[] {1, 4, 6}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PageToken.decode(good, QUERY, SortOrder.TEXT, shards));
    }
  }

  @Test
  void whatWasDamagedIsRejected() {
    for (SortOrder order : SortOrder.values()) {
      for (int i = 0; i < 3001; i++) {
        String good =
            order == SortOrder.NONE
                ? new PageToken(null, Collections.nCopies(5, Position.DONE)).encode(QUERY, order)
                : token(order, 5).encode(QUERY, order);
        byte[] bytes = Base64.getUrlDecoder().decode(good);
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        if (text.equals(good)) {
          continue;
        }
        assertThatIllegalArgumentException()
            .isThrownBy(() -> PageToken.decode(text, QUERY, order, 5))
            .withMessageContaining("start again");
      }
    }
  }

  @Test
  void aTokenOfAnotherQueryIsRejected() {
    String text = token(SortOrder.TEXT, 5).encode(QUERY, SortOrder.TEXT);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PageToken.decode(text, Fingerprint.of(new byte[] {2}), SortOrder.TEXT, 5))
        .withMessageContaining("another query");
  }

  @Test
  void shardsThatHaveNothingToSayTakeNoRoom() {
    List<Position> positions = new ArrayList<>(Collections.nCopies(9_973, Position.DONE));
    positions.set(101, Position.after(AttributeValue.fromS("x")));
    String text = new PageToken(null, positions).encode(QUERY, SortOrder.TEXT);

    assertThat(text).hasSizeLessThan(100);
    assertThat(PageToken.decode(text, QUERY, SortOrder.TEXT, 9_973).positions())
        .isEqualTo(positions);
  }
}
