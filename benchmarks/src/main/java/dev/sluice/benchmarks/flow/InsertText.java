package dev.sluice.benchmarks.flow;

import dev.sluice.model.LedgerTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;

/** Reads claims in statements: {@code INSERT INTO "table" VALUE {'a': ?, 'b': ?}}. */
final class InsertText {
  private final Map<String, Integer> idsPlace = new HashMap<>();

  /** {@return the id that is claimed} */
  String id(BatchStatementRequest claim) {
    int place =
        idsPlace.computeIfAbsent(
            claim.statement(), text -> names(text).indexOf(LedgerTable.PARTITION_KEY));
    return claim.parameters().get(place).s();
  }

  /** {@return the entry that the claim inserts} */
  static Map<String, AttributeValue> item(BatchStatementRequest claim) {
    Map<String, AttributeValue> item = new HashMap<>();
    List<String> names = names(claim.statement());
    for (int i = 0; i < names.size(); i++) {
      item.put(names.get(i), claim.parameters().get(i));
    }
    return item;
  }

  private static List<String> names(String statement) {
    List<String> names = new ArrayList<>();
    int from = statement.indexOf('\'');
    while (from >= 0) {
      int to = statement.indexOf('\'', from + 1);
      names.add(statement.substring(from + 1, to));
      from = statement.indexOf('\'', to + 1);
    }
    return names;
  }
}
