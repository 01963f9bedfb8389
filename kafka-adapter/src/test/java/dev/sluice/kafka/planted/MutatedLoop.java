package dev.sluice.kafka.planted;

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
 * The consumer with a bug in it: a copy of its sources is changed, compiled and loaded beside the
 * sound one, with a simulation of its own.
 */
final class MutatedLoop {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Path TEST_CLASSES = Path.of("target", "test-classes");
  private static final Path TARGET = Path.of("target", "planted");

  private MutatedLoop() {}

  /** The first of so many seeds that fails with the bug planted, or null. */
  static String firstFailure(PlantedBug bug, long from, int count) throws Exception {
    Path classes = compile(bug);
    try (URLClassLoader loader = new ChildFirst(classes)) {
      return (String)
          loader
              .loadClass("dev.sluice.kafka.simulation.SimulationRange")
              .getMethod("firstFailure", long.class, int.class)
              .invoke(null, from, count);
    }
  }

  private static Path compile(PlantedBug bug) throws IOException {
    Path directory = TARGET.resolve(bug.name().replaceAll("[^A-Za-z0-9]+", "-"));
    Path sources = directory.resolve("sources");
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<Path> files = copy(bug, sources);
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

  private static List<Path> copy(PlantedBug bug, Path to) throws IOException {
    List<Path> copies = new ArrayList<>();
    try (Stream<Path> originals = Files.walk(SOURCES)) {
      for (Path original :
          originals.filter(path -> path.getFileName().toString().endsWith(".java")).toList()) {
        String text = Files.readString(original);
        Path relative = SOURCES.relativize(original);
        Path copy = to.resolve(relative);
        Files.createDirectories(copy.getParent());
        boolean planted = relative.toString().replace('\\', '/').equals(bug.file());
        Files.writeString(copy, planted ? bug.plantIn(text) : text);
        copies.add(copy);
      }
    }
    return copies;
  }

  /** Loads the adapter and its simulation from its own places, and all else from its parent. */
  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(Path classes) throws IOException {
      super(
          new URL[] {classes.toUri().toURL(), TEST_CLASSES.toUri().toURL()},
          ChildFirst.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.sluice.kafka.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
