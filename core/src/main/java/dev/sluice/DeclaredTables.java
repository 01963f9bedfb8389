package dev.sluice;

import dev.sluice.item.TableWithKeys;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.request.CreateBatch;
import dev.sluice.request.EffectRead;
import dev.sluice.request.KeySchemaRead;
import dev.sluice.request.RequestSettings;
import dev.sluice.request.ServiceTime;
import dev.sluice.request.TableDescription;
import dev.sluice.request.VersionedPut;
import dev.sluice.request.WriteBatch;
import dev.sluice.shard.KeySharder;
import dev.sluice.write.TableRoute;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The data tables that a builder was told of. */
final class DeclaredTables {
  private record Declared(Table table, KeySharder sharder) {}

  private final Map<String, Declared> tables = new LinkedHashMap<>();

  void add(Table table, KeySharder sharder) {
    if (tables.putIfAbsent(table.name(), new Declared(table, sharder)) != null) {
      throw new IllegalArgumentException("The table '" + table + "' is declared twice.");
    }
  }

  boolean contains(String name) {
    return tables.containsKey(name);
  }

  Set<String> names() {
    return tables.keySet();
  }

  void forEach(Consumer<Table> action) {
    tables.values().forEach(declared -> action.accept(declared.table()));
  }

  boolean isEmpty() {
    return tables.isEmpty();
  }

  /**
   * The tables with their keys and operations.
   *
   * @param mode the writer's mode
   * @param requests what the operations share
   * @param time by which items expire
   * @param description reads keys that were not given, or null to read none
   */
  Map<String, TableRoute> routes(
      Mode mode,
      RequestSettings requests,
      ServiceTime time,
      @Nullable TableDescription description) {
    Map<String, TableRoute> routes = new LinkedHashMap<>();
    tables.forEach(
        (name, declared) -> {
          TableWithKeys table =
              new TableWithKeys(declared.table(), keysOf(declared.table(), description));
          requireShardable(table, declared.sharder());
          requireRepeatable(mode, table, declared.sharder());
          routes.put(
              name,
              new TableRoute(
                  table,
                  declared.sharder(),
                  new CreateBatch(requests, table, time),
                  new WriteBatch(requests, table),
                  new VersionedPut(requests, table, time),
                  new EffectRead(requests, table),
                  new KeySchemaRead(requests, name, table.schema())));
        });
    return routes;
  }

  private static KeySchema keysOf(Table table, @Nullable TableDescription description) {
    if (table.keySchema().isPresent()) {
      KeySchema given = table.keySchema().get();
      if (description != null) {
        description.checkKeys(table.name(), given);
      }
      return given;
    }
    if (description == null) {
      throw new IllegalArgumentException(
          "The keys of the table '"
              + table
              + "' are neither given nor to be read; give them with Table.keys(…).");
    }
    return description.keysOf(table.name());
  }

  private static void requireRepeatable(Mode mode, TableWithKeys table, KeySharder sharder) {
    if (mode == Mode.KEYED && sharder.isRandom()) {
      throw new ConfigurationException(
          "The table '"
              + table.name()
              + "' is sharded at random ("
              + sharder
              + "), and under KEYED nothing remembers what was drawn: a repetition would go to"
              + " another key. Use KeySharder.calculated, or another mode.");
    }
    if (mode == Mode.KEYED && !sharder.predecessors().isEmpty()) {
      throw new ConfigurationException(
          "The table '"
              + table.name()
              + "' was sharded in another way before ("
              + sharder
              + "), and under KEYED nothing remembers which event was written when: a repetition"
              + " would go to another key. Use another mode; or, once no event written before can"
              + " come again, give the writer the sharder without .after(…), and only the readers"
              + " the whole.");
    }
  }

  private static void requireShardable(TableWithKeys table, KeySharder sharder) {
    ScalarAttributeType type = table.schema().types().get(table.partitionKey());
    if (!sharder.isNone() && type == ScalarAttributeType.N) {
      throw new ConfigurationException(
          "The table '"
              + table.name()
              + "' has the number partition key '"
              + table.partitionKey()
              + "'; only tables with string and binary keys can be sharded. Make its partition key a"
              + " string: number keys are then sharded as strings.");
    }
  }
}
