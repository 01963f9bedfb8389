package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** All tables by name. */
final class Tables {

  private final Map<String, Table> tables = new TreeMap<>();

  /** The names that tables may have: "Naming rules" in the developer guide. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

  Table require(String name) {
    if (!NAME.matcher(name).matches()) {
      throw ServiceErrors.validation("a table's name has another form: " + name);
    }
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
