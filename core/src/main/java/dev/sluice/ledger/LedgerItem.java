package dev.sluice.ledger;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /** There, and true, if what {@link #SOURCE} ends in is no index, though it looks like one. */
  private static final String NO_INDEX = "noIndex";

  private static final List<String> NAMES =
      List.of(LedgerTable.PARTITION_KEY, SOURCE, MODE, KEYS, SUFFIXES, LedgerTable.EXPIRY);

  /** Bits of a form. */
  private static final int WITH_HASH = 1;

  private static final int WITH_NO_INDEX = 2;
  private static final List<List<String>> FORMS =
      IntStream.rangeClosed(0, WITH_HASH | WITH_NO_INDEX).mapToObj(LedgerItem::names).toList();
  private static final AttributeValue TRUE = AttributeValue.fromBool(true);

  private static final Map<LedgerEntry.Mode, AttributeValue> MODES =
      Stream.of(LedgerEntry.Mode.values())
          .collect(Collectors.toMap(mode -> mode, mode -> AttributeValue.fromS(mode.name())));
  private static final AttributeValue ONE_WITHOUT_SUFFIX =
      AttributeValue.fromS(Suffix.NONE.toString());

  private LedgerItem() {}

  /**
   * Writes an entry.
   *
   * @param entry the entry
   * @param expireAt when it expires, in epoch seconds
   * @return the item
   */
  public static Map<String, AttributeValue> of(LedgerEntry entry, long expireAt) {
    List<String> names = FORMS.get(form(entry));
    AttributeValue[] values = parameters(entry, AttributeValue.fromN(Long.toString(expireAt)));
    Map<String, AttributeValue> item = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      item.put(names.get(i), values[i]);
    }
    return item;
  }

  /**
   * The forms that entries have as items.
   *
   * @return for each form the names of its attributes, in the order of {@link #parameters}
   */
  public static List<List<String>> forms() {
    return FORMS;
  }

  /**
   * Which form an entry has.
   *
   * @param entry the entry
   * @return its place among {@link #forms}
   */
  public static int form(LedgerEntry entry) {
    return (entry.hash() == null ? 0 : WITH_HASH)
        | (entry.source().looksIndexed() ? WITH_NO_INDEX : 0);
  }

  private static List<String> names(int form) {
    List<String> names = new ArrayList<>(NAMES);
    if ((form & WITH_HASH) != 0) {
      names.add(HASH);
    }
    if ((form & WITH_NO_INDEX) != 0) {
      names.add(NO_INDEX);
    }
    return List.copyOf(names);
  }

  /**
   * Writes an entry as values alone.
   *
   * @param entry the entry
   * @param expireAt when it expires, in epoch seconds
   * @return the values in the order of its form's names
   */
  public static AttributeValue[] parameters(LedgerEntry entry, AttributeValue expireAt) {
    Fingerprint hash = entry.hash();
    int form = form(entry);
    AttributeValue[] values = new AttributeValue[FORMS.get(form).size()];
    values[0] = AttributeValue.fromS(entry.id());
    values[1] = AttributeValue.fromS(entry.source().value());
    values[2] = mode(entry.mode());
    values[3] = bytes(entry.keys());
    values[4] = suffixes(entry.suffixes());
    values[5] = expireAt;
    if (hash != null) {
      values[6] = bytes(hash);
    }
    if ((form & WITH_NO_INDEX) != 0) {
      values[values.length - 1] = TRUE;
    }
    return values;
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
          source(item),
          LedgerEntry.Mode.valueOf(text(item, MODE)),
          fingerprint(item.get(KEYS)),
          suffixes(text(item, SUFFIXES)),
          hash == null ? null : fingerprint(hash));
    } catch (IllegalArgumentException e) {
      throw foreign();
    }
  }

  /**
   * Reads when an entry expires.
   *
   * @param item an item of the ledger table
   * @return in epoch seconds
   * @throws ConfigurationException if the item is not one that this library wrote
   */
  public static long expireAt(Map<String, AttributeValue> item) {
    AttributeValue value = item.get(LedgerTable.EXPIRY);
    if (value == null || value.n() == null) {
      throw foreign();
    }
    try {
      return Long.parseLong(value.n());
    } catch (NumberFormatException e) {
      throw foreign();
    }
  }

  // Without the reason, which would quote what somebody else wrote there.
  private static ConfigurationException foreign() {
    return new ConfigurationException(
        "The ledger holds an entry that Sluice did not write, or a newer version did. Give Sluice"
            + " a ledger table of its own.");
  }

  private static SourcePosition source(Map<String, AttributeValue> item) {
    String text = text(item, SOURCE);
    AttributeValue noIndex = item.get(NO_INDEX);
    return noIndex != null && Boolean.TRUE.equals(noIndex.bool())
        ? new SourcePosition(text)
        : SourcePosition.recorded(text);
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

  private static AttributeValue mode(LedgerEntry.Mode mode) {
    return requireNonNull(MODES.get(mode), "every mode has its value");
  }

  private static AttributeValue suffixes(List<Suffix> suffixes) {
    if (suffixes.size() == 1 && suffixes.get(0).isNone()) {
      return ONE_WITHOUT_SUFFIX;
    }
    return AttributeValue.fromS(
        suffixes.stream().map(Suffix::toString).collect(Collectors.joining(SEPARATOR)));
  }

  private static List<Suffix> suffixes(String text) {
    return text.isEmpty()
        ? List.of()
        : Stream.of(text.split(SEPARATOR, -1)).map(Suffix::parse).toList();
  }
}
