package dev.sluice.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.item.PrimaryKey;
import dev.sluice.model.Effect;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class KeysFingerprintTest {
  private static final Map<String, AttributeValue> ANY = Map.of("pk", AttributeValue.fromS("k"));

  /** Ledgers hold it: a form that changed would take every replay for a conflict. */
  @Test
  void theStoredFormStaysAsItIs() {
    assertThat(
            KeysFingerprint.of(
                List.of(new Effect.Create("plain", ANY)),
                List.of(new PrimaryKey("plain", "k\u00e4", new BigDecimal("17")))::get))
        .hasToString("fc6968b0ebe435dfc970621b284e1d0e");
    assertThat(
            KeysFingerprint.of(
                List.of(new Effect.Put("bare", ANY), new Effect.Delete("plain", ANY)),
                List.of(
                        new PrimaryKey("bare", SdkBytes.fromByteArray(new byte[] {0, -1}), null),
                        new PrimaryKey("plain", "k", new BigDecimal("1E+3")))
                    ::get))
        .hasToString("1a0ae60bef296694b0730573013e9946");
    assertThat(KeysFingerprint.of(List.of(), List.<PrimaryKey>of()::get))
        .hasToString("e3b0c44298fc1c149afbf4c8996fb924");
  }
}
