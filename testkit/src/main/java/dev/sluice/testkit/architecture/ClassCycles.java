package dev.sluice.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds top-level classes that need each other in a circle. */
public final class ClassCycles {
  private final Map<String, Set<String>> uses = new TreeMap<>();
  private final Deque<String> path = new ArrayDeque<>();
  private final List<String> found = new ArrayList<>();
  private final int atLeast;

  private ClassCycles(JavaClasses classes, int atLeast, Set<String> exceptions) {
    this.atLeast = atLeast;
    for (JavaClass type : classes) {
      String user = topLevel(type);
      Set<String> used = uses.computeIfAbsent(user, any -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(each -> topLevel(each.getTargetClass().getBaseComponentType()))
          .filter(each -> !each.equals(user) && !exceptions.contains(user + " -> " + each))
          .forEach(used::add);
    }
    uses.values().forEach(used -> used.retainAll(uses.keySet()));
  }

  /**
   * Finds the circles.
   *
   * @param classes the classes
   * @param atLeast the smallest circle of interest, in classes
   * @param exceptions dependencies that do not count, each as {@code a.User -> a.Used}
   * @return each circle once, from the first of its classes by name
   */
  public static List<String> of(JavaClasses classes, int atLeast, Set<String> exceptions) {
    ClassCycles cycles = new ClassCycles(classes, atLeast, exceptions);
    for (String first : cycles.uses.keySet()) {
      cycles.follow(first, first, cycles.thatLeadTo(first));
    }
    return cycles.found;
  }

  /** Goes on from the last class of the path, to those by name after the first only. */
  private void follow(String first, String last, Set<String> leadBack) {
    path.addLast(last);
    for (String next : uses.getOrDefault(last, Set.of())) {
      if (next.equals(first) && path.size() >= atLeast) {
        found.add(String.join(" -> ", path) + " -> " + first);
      } else if (next.compareTo(first) > 0 && leadBack.contains(next) && !path.contains(next)) {
        follow(first, next, leadBack);
      }
    }
    path.removeLast();
  }

  private Set<String> thatLeadTo(String target) {
    Set<String> leading = new TreeSet<>(Set.of(target));
    boolean grew = true;
    while (grew) {
      grew = false;
      for (Map.Entry<String, Set<String>> each : uses.entrySet()) {
        if (each.getValue().stream().anyMatch(leading::contains)) {
          grew |= leading.add(each.getKey());
        }
      }
    }
    return leading;
  }

  private static String topLevel(JavaClass type) {
    JavaClass outer = type;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer.getName();
  }
}
