package dev.sluice.model;

import dev.sluice.spare.Spares;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A 128-bit fingerprint (the first half of SHA-256), used to notice that an event id came back with
 * other content. Immutable.
 */
public final class Fingerprint {
  /** The length in bytes. */
  public static final int LENGTH = 16;

  // Finding an implementation costs more than the digest of a few bytes.
  private static final Spares<Sha256> DIGESTS = new Spares<>(Sha256::new);

  private final long first;
  private final long second;

  private Fingerprint(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    this.first = buffer.getLong();
    this.second = buffer.getLong();
  }

  /** A digest, and where it puts what it gets. */
  private static final class Sha256 {
    private final MessageDigest digest;
    private final byte[] out;

    Sha256() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
        out = new byte[digest.getDigestLength()];
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java platform has SHA-256.", e);
      }
    }

    byte[] of(byte[] content, int length) {
      digest.update(content, 0, length);
      try {
        var unused = digest.digest(out, 0, out.length);
      } catch (DigestException e) {
        throw new IllegalStateException("The digest fits where it was measured for.", e);
      }
      return out;
    }
  }

  /**
   * The fingerprint of some content.
   *
   * @param content any bytes, possibly none; not kept
   * @return its fingerprint
   */
  public static Fingerprint of(byte[] content) {
    return of(content, content.length);
  }

  /**
   * The fingerprint of the beginning of an array.
   *
   * @param content any bytes; not kept
   * @param length how many of them count, 0 to their number
   * @return its fingerprint
   */
  public static Fingerprint of(byte[] content, int length) {
    Sha256 digest = DIGESTS.take();
    Fingerprint made = new Fingerprint(digest.of(content, length));
    DIGESTS.giveBack(digest);
    return made;
  }

  /**
   * A fingerprint that was stored.
   *
   * @param stored what {@link #toBytes()} gave
   * @return the same fingerprint
   * @throws IllegalArgumentException if they are not {@value #LENGTH} bytes
   */
  public static Fingerprint fromBytes(byte[] stored) {
    if (stored.length != LENGTH) {
      throw new IllegalArgumentException(
          "A fingerprint has " + LENGTH + " bytes; got " + stored.length + '.');
    }
    return new Fingerprint(stored);
  }

  /** {@return a copy of the bytes} */
  public byte[] toBytes() {
    return ByteBuffer.allocate(LENGTH).putLong(first).putLong(second).array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && first == that.first && second == that.second;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first ^ second);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(toBytes());
  }
}
