package dev.sluice.item;

/**
 * Limits of the service on items, from "Quotas in Amazon DynamoDB" and "Constraints in Amazon
 * DynamoDB" of its developer guide.
 */
public final class ItemLimits {
  /** The largest item, in bytes as stored: attribute names and values together. */
  public static final int MAX_ITEM_BYTES = 400 * 1024;

  /** The largest request, in bytes on the wire ({@code BatchWriteItem}, API reference). */
  public static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;

  /** The longest partition key value, in bytes. */
  public static final int MAX_PARTITION_KEY_BYTES = 2048;

  /** The longest sort key value, in bytes. */
  public static final int MAX_SORT_KEY_BYTES = 1024;

  /**
   * The deepest nesting of lists and maps. DynamoDB Local counts the innermost value as a level
   * too, and so takes one list or map less. The guide's number holds here: an item that the service
   * rejects fails alone, where one that is rejected in vain would be lost.
   */
  public static final int MAX_NESTING = 32;

  /** The most significant digits of a number. */
  public static final int MAX_NUMBER_DIGITS = 38;

  /** The decimal exponent of the largest magnitude, 9.99…E+125. */
  public static final int MAX_NUMBER_EXPONENT = 125;

  /** The decimal exponent of the smallest magnitude, 1E-130. */
  public static final int MIN_NUMBER_EXPONENT = -130;

  private ItemLimits() {}
}
