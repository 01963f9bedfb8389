package dev.sluice.ledger;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A ledger entry as an item of the ledger table, and back. */
public final class LedgerItem {
  /** The attribute that holds the claim's owner. */
  public static final String SOURCE = "src";

  private static final String MODE = "mode";
  private static final String KEYS = "keys";
  private static final String SUFFIXES = "suffixes";
  private static final String HASH = "hash";
  private static final String SEPARATOR = ",";

  private LedgerItem() {}

  /**
   * Writes an entry.
   *
   * @param entry the entry
   * @param expireAt when it expires, in epoch seconds
   * @return the item
   */
  public static Map<String, AttributeValue> of(LedgerEntry entry, long expireAt) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(LedgerTable.PARTITION_KEY, AttributeValue.fromS(entry.id()));
    item.put(SOURCE, AttributeValue.fromS(entry.source().value()));
    item.put(MODE, AttributeValue.fromS(entry.mode().name()));
    item.put(KEYS, bytes(entry.keys()));
    item.put(SUFFIXES, AttributeValue.fromS(text(entry.suffixes())));
    if (entry.hash() != null) {
      item.put(HASH, bytes(entry.hash()));
    }
    item.put(LedgerTable.EXPIRY, AttributeValue.fromN(Long.toString(expireAt)));
    return item;
  }

  /**
   * Reads an entry.
   *
   * @param item an item of the ledger table
   * @return the entry
   * @throws ConfigurationException if the item is not one that this library wrote
   */
  public static LedgerEntry parse(Map<String, AttributeValue> item) {
    try {
      AttributeValue hash = item.get(HASH);
      return new LedgerEntry(
          text(item, LedgerTable.PARTITION_KEY),
          new SourcePosition(text(item, SOURCE)),
          LedgerEntry.Mode.valueOf(text(item, MODE)),
          fingerprint(item.get(KEYS)),
          suffixes(text(item, SUFFIXES)),
          hash == null ? null : fingerprint(hash));
    } catch (IllegalArgumentException e) {
      // Without the reason, which would quote what somebody else wrote there.
      throw new ConfigurationException(
          "The ledger holds an entry that Sluice did not write, or a newer version did. Give Sluice"
              + " a ledger table of its own.");
    }
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null || value.s() == null) {
      throw new IllegalArgumentException("The attribute '" + name + "' is not a string.");
    }
    return value.s();
  }

  private static Fingerprint fingerprint(@Nullable AttributeValue value) {
    if (value == null || value.b() == null) {
      throw new IllegalArgumentException("A fingerprint is not binary.");
    }
    return Fingerprint.fromBytes(value.b().asByteArrayUnsafe());
  }

  private static AttributeValue bytes(Fingerprint fingerprint) {
    return AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(fingerprint.toBytes()));
  }

  private static String text(List<Suffix> suffixes) {
    return suffixes.size() == 1
        ? suffixes.get(0).toString()
        : suffixes.stream().map(Suffix::toString).collect(Collectors.joining(SEPARATOR));
  }

  private static List<Suffix> suffixes(String text) {
    return text.isEmpty()
        ? List.of()
        : Stream.of(text.split(SEPARATOR)).map(Suffix::parse).toList();
  }
}
