package dev.sluice.read;

import dev.sluice.model.Fingerprint;
import dev.sluice.model.KeySchema;
import dev.sluice.request.QueryShape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The fingerprint of what a query reads and in which order, so that a token is not used for
 * another: the table and its sort key, the physical keys, and so logical key and sharder, the
 * conditions, the order. How much is read at a time, how consistently and which attributes may
 * differ.
 */
final class QueryFingerprint {
  private QueryFingerprint() {}

  static Fingerprint of(
      String table, KeySchema keys, List<AttributeValue> physicalKeys, QueryShape shape) {
    ByteWriter out = new ByteWriter().text(table).number(physicalKeys.size());
    physicalKeys.forEach(key -> write(out, key));
    String sortKey = keys.sortKey().orElse("");
    out.text(sortKey).text(sortKey.isEmpty() ? "" : String.valueOf(keys.types().get(sortKey)));
    out.text(shape.condition());
    String filter = shape.filter();
    out.text(filter == null ? "" : filter);
    out.number(shape.names().size());
    new TreeMap<>(shape.names()).forEach((name, attribute) -> out.text(name).text(attribute));
    write(out, shape.values());
    out.tag(shape.ascending() ? 'a' : 'd');
    return Fingerprint.of(out.toBytes());
  }

  private static void write(ByteWriter out, Map<String, AttributeValue> values) {
    out.number(values.size());
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              out.text(name);
              write(out, value);
            });
  }

  private static void write(ByteWriter out, AttributeValue value) {
    out.text(value.type().name());
    switch (value.type()) {
      case S -> out.text(value.s());
      case N -> out.text(value.n());
      case B -> out.bytes(value.b().asByteArrayUnsafe());
      case BOOL -> out.tag(value.bool() ? 1 : 0);
      case SS -> texts(out, value.ss());
      case NS -> texts(out, value.ns());
      case BS -> {
        out.number(value.bs().size());
        for (SdkBytes each : value.bs()) {
          out.bytes(each.asByteArrayUnsafe());
        }
      }
      case L -> {
        out.number(value.l().size());
        value.l().forEach(each -> write(out, each));
      }
      case M -> write(out, value.m());
      default -> {}
    }
  }

  private static void texts(ByteWriter out, List<String> texts) {
    out.number(texts.size());
    texts.forEach(out::text);
  }
}
