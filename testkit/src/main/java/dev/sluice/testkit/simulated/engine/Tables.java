package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All tables by name. */
final class Tables {

  private final Map<String, Table> tables = new TreeMap<>();

  Table require(String name) {
    var table = tables.get(name);
    if (table == null) {
      throw ServiceErrors.tableNotFound(name);
    }
    return table;
  }

  void add(Table table) {
    if (tables.putIfAbsent(table.name(), table) != null) {
      throw ServiceErrors.tableInUse(table.name());
    }
  }

  void remove(String name) {
    tables.remove(name);
  }

  List<String> names() {
    return new ArrayList<>(tables.keySet());
  }
}
