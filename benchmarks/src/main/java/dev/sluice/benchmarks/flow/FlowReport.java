package dev.sluice.benchmarks.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Prints what scenarios show, and puts tables and charts into a folder. */
final class FlowReport {
  private final Path folder;
  private final StringBuilder page = new StringBuilder();

  FlowReport(Path folder, long seed) {
    this.folder = folder;
    page.append("# Flow control in virtual time\n\nSeed ").append(seed).append(".\n");
  }

  void add(String name, Run run) throws IOException {
    StringBuilder table = new StringBuilder();
    table.append("\n## ").append(run.title()).append("\n\n");
    table.append("| | | target |\n| --- | ---: | --- |\n");
    for (Figure figure : run.figures()) {
      table
          .append("| ")
          .append(figure.what())
          .append(" | ")
          .append(figure.value(Locale.ROOT))
          .append(" | ")
          .append(figure.target())
          .append(figure.reached() ? "" : ", **missed**")
          .append(" |\n");
    }
    System.out.print(table);
    page.append(table);
    Files.createDirectories(folder);
    FlowChart chart = new FlowChart(run);
    chart.save(folder.resolve(name));
    page.append("\n![").append(run.title()).append("](").append(name).append(".svg)\n");
  }

  void write() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("README.md"), page);
  }
}
