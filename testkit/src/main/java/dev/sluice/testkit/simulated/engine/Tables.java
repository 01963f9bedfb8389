package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All tables by name. */
final class Tables {

  private final Map<String, Table> tables = new TreeMap<>();

  /** The names that tables may have: "Naming rules" in the developer guide. Indexes too. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

  Table require(@Nullable String name) {
    String checked = checkedName(name);
    var table = tables.get(checked);
    if (table == null) {
      throw ServiceErrors.tableNotFound(checked);
    }
    return table;
  }

  /** The name, if a table or an index may have it. */
  static String checkedName(@Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw ServiceErrors.validation(
          "a name must have 3 to 255 of A-Z a-z 0-9 _ . - but is " + name);
    }
    return name;
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
