package dev.sluice.read;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * DynamoDB's order of sort keys of one type, and their form as bytes: strings by their UTF-8 bytes,
 * numbers by value, binary by unsigned bytes ({@code Query} in the API reference). Keys are
 * compared as {@link #key} makes them.
 */
enum SortOrder {
  TEXT {
    @Override
    Object key(AttributeValue value) {
      return value.s();
    }

    @Override
    int compare(Object one, Object other) {
      return compareText((String) one, (String) other);
    }

    @Override
    byte[] bytes(AttributeValue value) {
      return value.s().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    AttributeValue value(byte[] bytes) {
      return AttributeValue.fromS(new String(bytes, StandardCharsets.UTF_8));
    }
  },
  NUMBER {
    @Override
    Object key(AttributeValue value) {
      return new BigDecimal(value.n());
    }

    @Override
    int compare(Object one, Object other) {
      return ((BigDecimal) one).compareTo((BigDecimal) other);
    }

    @Override
    byte[] bytes(AttributeValue value) {
      return value.n().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    AttributeValue value(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.US_ASCII);
      return AttributeValue.fromN(new BigDecimal(text).toString());
    }
  },
  BINARY {
    @Override
    Object key(AttributeValue value) {
      return value.b().asByteArrayUnsafe();
    }

    @Override
    int compare(Object one, Object other) {
      return Arrays.compareUnsigned((byte[]) one, (byte[]) other);
    }

    @Override
    byte[] bytes(AttributeValue value) {
      return value.b().asByteArrayUnsafe();
    }

    @Override
    AttributeValue value(byte[] bytes) {
      return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
    }
  },
  /** The table has no sort key: all keys are equal. */
  NONE {
    @Override
    Object key(AttributeValue value) {
      return "";
    }

    @Override
    int compare(Object one, Object other) {
      return 0;
    }

    @Override
    byte[] bytes(AttributeValue value) {
      return new byte[0];
    }

    @Override
    AttributeValue value(byte[] bytes) {
      return AttributeValue.fromS("");
    }
  };

  abstract Object key(AttributeValue value);

  abstract int compare(Object one, Object other);

  /** A sort key as a token holds it. */
  abstract byte[] bytes(AttributeValue value);

  /**
   * Back from {@link #bytes}.
   *
   * @throws NumberFormatException if they are not a number where one is due
   */
  abstract AttributeValue value(byte[] bytes);

  static SortOrder of(KeySchema keys) {
    return keys.sortKey()
        .map(
            name ->
                switch (keys.types().get(name)) {
                  case N -> NUMBER;
                  case B -> BINARY;
                  default -> TEXT;
                })
        .orElse(NONE);
  }

  /**
   * The sort key of an item; an empty string where the table has none.
   *
   * @throws ConfigurationException if it is not as the schema says
   */
  static AttributeValue sortKey(KeySchema keys, Map<String, AttributeValue> item) {
    String name = keys.sortKey().orElse(null);
    if (name == null) {
      return AttributeValue.fromS("");
    }
    AttributeValue value = item.get(name);
    if (value == null || !value.type().name().equals(String.valueOf(keys.types().get(name)))) {
      throw new ConfigurationException(
          "An item has no sort key '"
              + name
              + "', or one of another type; the key schema that was given is "
              + keys
              + ". Give the table's.");
    }
    return value;
  }

  private static int compareText(String one, String other) {
    int shorter = Math.min(one.length(), other.length());
    for (int i = 0; i < shorter; i++) {
      char x = one.charAt(i);
      char y = other.charAt(i);
      if (x != y) {
        // Surrogates stand for what comes behind all other characters, in UTF-8 as by code point.
        boolean beyond = Character.isSurrogate(x);
        return beyond == Character.isSurrogate(y) ? Character.compare(x, y) : beyond ? 1 : -1;
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
