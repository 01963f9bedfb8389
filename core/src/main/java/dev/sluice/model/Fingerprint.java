package dev.sluice.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A 128-bit fingerprint (the first half of SHA-256), used to notice that an event id came back with
 * other content. Immutable.
 */
public final class Fingerprint {
  /** The length in bytes. */
  public static final int LENGTH = 16;

  private final byte[] bytes;

  private Fingerprint(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The fingerprint of some content.
   *
   * @param content any bytes, possibly none; not kept
   * @return its fingerprint
   */
  public static Fingerprint of(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new Fingerprint(Arrays.copyOf(digest, LENGTH));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /**
   * A fingerprint that was stored.
   *
   * @param stored what {@link #toBytes()} gave
   * @return the same fingerprint
   */
  public static Fingerprint fromBytes(byte[] stored) {
    return new Fingerprint(stored.clone());
  }

  /** {@return a copy of the bytes} */
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
