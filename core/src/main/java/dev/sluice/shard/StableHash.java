package dev.sluice.shard;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** The hash behind calculated shards; items lie where it says, so it cannot change. */
final class StableHash {
  private StableHash() {}

  /** {@return the CRC-32 of the text's UTF-8 bytes, as an unsigned number} */
  static long of(String text) {
    CRC32 crc = new CRC32();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        crc.update(text.substring(i).getBytes(StandardCharsets.UTF_8));
        break;
      }
      crc.update(c);
    }
    return crc.getValue();
  }
}
