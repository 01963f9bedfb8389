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
   * How many lists and maps an attribute may have within each other. The guide speaks of nested
   * attributes up to 32 levels deep; the service and DynamoDB Local count the innermost value as
   * one of them, or its place where the innermost list or map is empty.
   */
  public static final int MAX_NESTING = 31;

  /** The most significant digits of a number. */
  public static final int MAX_NUMBER_DIGITS = 38;

  /** The decimal exponent of the largest magnitude, 9.99…E+125. */
  public static final int MAX_NUMBER_EXPONENT = 125;

  /** The decimal exponent of the smallest magnitude, 1E-130. */
  public static final int MIN_NUMBER_EXPONENT = -130;

  private ItemLimits() {}
}
