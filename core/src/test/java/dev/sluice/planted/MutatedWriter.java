package dev.sluice.planted;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The writer, or the caller that the simulation stands for, with a bug in it: a copy of the sources
 * is changed, compiled and loaded beside the sound one.
 */
final class MutatedWriter {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Path CALLER = Path.of("src", "test", "java");
  private static final Path SIMULATION = CALLER.resolve(Path.of("dev", "sluice", "simulation"));
  private static final Path TEST_CLASSES = Path.of("target", "test-classes");
  private static final Path TARGET = Path.of("target", "planted");

  private MutatedWriter() {}

  /** The first of so many seeds that fails with the bug planted, or null. */
  static String firstFailure(PlantedBug bug, long from, int count) throws Exception {
    Path classes = compile(bug);
    try (URLClassLoader loader = new ChildFirst(classes)) {
      return (String)
          loader
              .loadClass("dev.sluice.simulation.SimulationRange")
              .getMethod("firstFailure", long.class, int.class)
              .invoke(null, from, count);
    }
  }

  private static Path compile(PlantedBug bug) throws IOException {
    Path directory = TARGET.resolve(bug.name().replaceAll("[^a-z0-9]+", "-"));
    Path sources = directory.resolve("sources");
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<Path> files = new ArrayList<>();
    copy(SOURCES, SOURCES, bug, sources, files);
    copy(CALLER, SIMULATION, bug, sources, files);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", classes.toString(), "-proc:none", "-nowarn", "--release", "17");
      boolean compiled =
          compiler
              .getTask(
                  errors, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
              .call();
      if (!compiled) {
        throw new IllegalStateException("'" + bug + "' does not compile: " + errors);
      }
    }
    return classes;
  }

  private static void copy(Path root, Path below, PlantedBug bug, Path to, List<Path> copies)
      throws IOException {
    try (Stream<Path> originals = Files.walk(below)) {
      for (Path original : originals.filter(MutatedWriter::isSource).toList()) {
        String text = Files.readString(original);
        Path relative = root.relativize(original);
        Path copy = to.resolve(relative);
        Files.createDirectories(copy.getParent());
        boolean planted = relative.toString().replace('\\', '/').equals(bug.file());
        Files.writeString(copy, planted ? bug.plantIn(text) : text);
        copies.add(copy);
      }
    }
  }

  private static boolean isSource(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(".java")
        && !name.equals("module-info.java")
        && !name.endsWith("Test.java");
  }

  /** Loads the writer and its simulation from its own places, and all else from its parent. */
  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(Path classes) throws IOException {
      super(
          new URL[] {classes.toUri().toURL(), TEST_CLASSES.toUri().toURL()},
          ChildFirst.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean own = name.startsWith("dev.sluice.") && !name.startsWith("dev.sluice.testkit.");
      if (!own) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
