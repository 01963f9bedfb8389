package dev.sluice.kafka.record;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Copies of headers that are made when they are first asked for. Not thread-safe. */
final class LazyHeaders implements Headers {
  private final Supplier<Headers> copies;
  private @Nullable Headers own;
  private Header[] before = new Header[0];

  LazyHeaders(Supplier<Headers> copies) {
    this.copies = copies;
  }

  private Headers own() {
    if (own == null) {
      own = copies.get();
      before = own.toArray();
    }
    return own;
  }

  /** What somebody has added to the copies. */
  List<Header> added() {
    if (own == null) {
      return List.of();
    }
    Set<Header> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(Arrays.asList(before));
    return Arrays.stream(own.toArray()).filter(each -> !known.contains(each)).toList();
  }

  @Override
  public Headers add(Header header) {
    own().add(header);
    return this;
  }

  @Override
  public Headers add(String key, byte[] value) {
    own().add(key, value);
    return this;
  }

  @Override
  public Headers remove(String key) {
    own().remove(key);
    return this;
  }

  @Override
  public @Nullable Header lastHeader(String key) {
    return own().lastHeader(key);
  }

  @Override
  public Iterable<Header> headers(String key) {
    return own().headers(key);
  }

  @Override
  public Header[] toArray() {
    return own().toArray();
  }

  @Override
  public Iterator<Header> iterator() {
    return own().iterator();
  }

  @Override
  public String toString() {
    return own().toString();
  }
}
