package dev.sluice.request;

import org.jspecify.annotations.Nullable;

/**
 * Takes what the service reports that one request has consumed. Written by whoever reads the
 * response, and read once that has been handed over.
 */
public final class Consumption {
  private final boolean wanted;
  private @Nullable String table;
  private double units = Double.NaN;
  private @Nullable Consumption more;

  /**
   * Creates one without a report.
   *
   * @param wanted whether the service is to be asked, which makes its responses longer
   */
  public Consumption(boolean wanted) {
    this.wanted = wanted;
  }

  boolean isWanted() {
    return wanted;
  }

  void add(String ofTable, double consumed) {
    if (table == null || table.equals(ofTable)) {
      table = ofTable;
      units = Double.isNaN(units) ? consumed : units + consumed;
    } else {
      Consumption next = more;
      if (next == null) {
        next = new Consumption(wanted);
        more = next;
      }
      next.add(ofTable, consumed);
    }
  }

  /**
   * What was reported for a table.
   *
   * @param ofTable the table's name
   * @return write units, those of indexes included; not a number if nothing was reported
   */
  public double units(String ofTable) {
    if (more == null || ofTable.equals(table)) {
      // A single table is the one asked for, under whatever name the service calls it.
      return units;
    }
    return more.unitsByName(ofTable);
  }

  private double unitsByName(String ofTable) {
    if (ofTable.equals(table)) {
      return units;
    }
    return more == null ? Double.NaN : more.unitsByName(ofTable);
  }
}
