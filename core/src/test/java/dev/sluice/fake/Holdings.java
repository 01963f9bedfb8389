package dev.sluice.fake;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Counts what our own objects hold in collections and arrays, whichever they are. */
public final class Holdings {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> open = new ArrayDeque<>();
  private int held;

  private Holdings() {}

  /** The elements of all collections and arrays that can be reached through our own objects. */
  public static int of(Object root) throws IllegalAccessException {
    Holdings holdings = new Holdings();
    holdings.visit(root);
    while (!holdings.open.isEmpty()) {
      holdings.look(holdings.open.remove());
    }
    return holdings.held;
  }

  private void visit(Object object) {
    if (object != null && seen.add(object)) {
      open.add(object);
    }
  }

  private void look(Object object) throws IllegalAccessException {
    if (object instanceof Map<?, ?> map) {
      held += map.size();
      map.keySet().forEach(this::visit);
      map.values().forEach(this::visit);
    } else if (object instanceof Iterable<?> elements) {
      for (Object element : elements) {
        held++;
        visit(element);
      }
    } else if (object instanceof Object[] array) {
      for (int i = 0; i < Array.getLength(array); i++) {
        held += array[i] == null ? 0 : 1;
        visit(array[i]);
      }
    } else if (isOurs(object.getClass())) {
      for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers())
              && !field.getType().isPrimitive()
              && isOurs(type)) {
            field.setAccessible(true);
            visit(field.get(object));
          }
        }
      }
    }
  }

  private static boolean isOurs(Class<?> type) {
    String name = type.getName();
    return name.startsWith("dev.sluice.")
        && !name.startsWith("dev.sluice.fake.")
        && !name.startsWith("dev.sluice.testkit.");
  }
}
