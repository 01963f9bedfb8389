package dev.sluice.testkit.planted;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a module with a bug in them: a copy is changed, compiled and loaded beside the
 * sound classes, with a simulation of its own.
 *
 * @param trees the sources that are copied
 * @param isOwn whether a class, by its name, is loaded from the copy or the module's own tests; all
 *     others are shared
 * @param range the class that simulates, with a static method {@code String firstFailure(long from,
 *     int count)}
 */
public record PlantedCopy(List<Tree> trees, Predicate<String> isOwn, String range) {
  private static final Path TEST_CLASSES = Path.of("target", "test-classes");
  private static final Path TARGET = Path.of("target", "planted");

  /**
   * Sources to copy.
   *
   * @param root the source root
   * @param below where in it they are
   */
  public record Tree(Path root, Path below) {}

  /**
   * Simulates until a seed fails.
   *
   * @param bug what is planted
   * @param from the first seed
   * @param count how many seeds at most
   * @return how many seeds it took and what failed, or null if none did
   * @throws IOException if sources cannot be read or written
   * @throws ReflectiveOperationException if the simulation is not there
   */
  public @Nullable String firstFailure(PlantedBug bug, long from, int count)
      throws IOException, ReflectiveOperationException {
    Path classes = compile(bug);
    try (URLClassLoader loader = new ChildFirst(classes, isOwn)) {
      return (String)
          loader
              .loadClass(range)
              .getMethod("firstFailure", long.class, int.class)
              .invoke(null, from, count);
    }
  }

  /**
   * Checks that a bug can be planted in the sources as they are.
   *
   * @param bug the bug
   * @throws IOException if its file cannot be read
   * @throws IllegalStateException if its file is not there, or a place to change not exactly once
   */
  public void requirePlace(PlantedBug bug) throws IOException {
    for (Tree tree : trees) {
      Path file = tree.root.resolve(bug.file());
      if (file.startsWith(tree.below) && Files.exists(file)) {
        String unused = bug.plantIn(Files.readString(file));
        return;
      }
    }
    throw new IllegalStateException("The file of '" + bug + "' is not there: " + bug.file());
  }

  private Path compile(PlantedBug bug) throws IOException {
    requirePlace(bug);
    Path directory = TARGET.resolve(bug.name().replaceAll("[^A-Za-z0-9]+", "-"));
    Path sources = directory.resolve("sources");
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<Path> files = new ArrayList<>();
    for (Tree tree : trees) {
      copy(tree, bug, sources, files);
    }
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

  private static void copy(Tree tree, PlantedBug bug, Path to, List<Path> copies)
      throws IOException {
    try (Stream<Path> originals = Files.walk(tree.below)) {
      for (Path original : originals.filter(PlantedCopy::isSource).toList()) {
        String text = Files.readString(original);
        Path relative = tree.root.relativize(original);
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

  /** Loads what is the module's own from its own places, and all else from its parent. */
  private static final class ChildFirst extends URLClassLoader {
    private final Predicate<String> isOwn;

    ChildFirst(Path classes, Predicate<String> isOwn) throws IOException {
      super(
          new URL[] {classes.toUri().toURL(), TEST_CLASSES.toUri().toURL()},
          ChildFirst.class.getClassLoader());
      this.isOwn = isOwn;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!isOwn.test(name)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
