package dev.sluice.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a report is put: a folder with its page, its figures as JSON and its charts, and a section
 * of the page that tells of all benchmarks. What is less than a whole run must not take the place
 * of what is kept.
 */
public final class Results {
  private final Path kept;
  private final String name;
  private final boolean whole;

  private Results(Path kept, String name, boolean whole) {
    this.kept = kept;
    this.name = name;
    this.whole = whole;
  }

  /**
   * Finds the place of a report.
   *
   * @param kept the folder of all reports that are kept, beside the page that tells of them
   * @param name of this one
   * @param whole whether all of it was run; otherwise it goes to {@code target/results} beside that
   *     folder, and the page is left alone
   * @return its place
   */
  public static Results of(Path kept, String name, boolean whole) {
    return new Results(kept, name, whole);
  }

  /**
   * Says where files of the report are to be put.
   *
   * @return the report's folder, which is there
   * @throws IOException if it cannot be made
   */
  public Path folder() throws IOException {
    Path all = whole ? kept : kept.resolveSibling("target").resolve("results");
    return Files.createDirectories(all.resolve(name));
  }

  /**
   * Writes what is for people.
   *
   * @param text the page
   * @throws IOException if it cannot be written
   */
  public void writePage(String text) throws IOException {
    Files.writeString(folder().resolve("README.md"), text);
  }

  /**
   * Writes what is for programs.
   *
   * @param figures written as JSON
   * @throws IOException if they cannot be written
   */
  public void writeFigures(Object figures) throws IOException {
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(figures().toFile(), figures);
  }

  /**
   * Says where that is, for who writes JSON by itself.
   *
   * @return the file
   * @throws IOException if its folder cannot be made
   */
  public Path figures() throws IOException {
    return folder().resolve("figures.json");
  }

  /**
   * Shows a whole run on the page that tells of all benchmarks, in the section of the report's
   * name.
   *
   * @param text of the section, whose links lead from that page
   * @throws IOException if it cannot be written
   */
  public void show(String text) throws IOException {
    if (whole) {
      MarkedSection.replace(kept.resolveSibling("README.md"), name, text);
    }
  }
}
