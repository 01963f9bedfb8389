package dev.sluice.write;

import java.util.random.RandomGenerator;

/**
 * Draws the tokens of transactions: the writer's own 80 bits and a count, so that no two
 * transactions within the service's memory of ten minutes share one. The account's other writers
 * are among those: what it draws from must not begin alike in two processes.
 */
final class TransactionTokens {
  private static final int RADIX = 32;

  private final String writer;
  private long count;

  TransactionTokens(RandomGenerator random) {
    this.writer =
        Long.toUnsignedString(random.nextLong(), RADIX)
            + Integer.toString(random.nextInt(1 << 16), RADIX)
            + '-';
  }

  /** {@return a token, at most 31 of the 36 characters that the service takes} */
  String next() {
    return writer + Long.toString(count++, RADIX);
  }
}
