package dev.sluice.write;

import org.jspecify.annotations.Nullable;

/**
 * Keeps elements in an order, and takes no memory for them: each element holds its own place, and
 * so can be in one list at a time. Belongs to the loop.
 *
 * @param <E> the elements
 */
class LinkedElements<E extends LinkedElements.Element<E>> {
  /** Holds the place of an element in its list. */
  abstract static class Element<E extends Element<E>> {
    private @Nullable LinkedElements<E> list;
    private @Nullable E before;
    private @Nullable E after;

    /** {@return the list that it is in, or null} */
    final @Nullable LinkedElements<E> list() {
      return list;
    }

    final @Nullable E before() {
      return before;
    }

    final @Nullable E after() {
      return after;
    }

    // The places of a type variable's private members are not visible in its subtypes.
    private void setBefore(@Nullable E element) {
      before = element;
    }

    private void setAfter(@Nullable E element) {
      after = element;
    }
  }

  private @Nullable E first;
  private @Nullable E last;
  private int size;

  final @Nullable E first() {
    return first;
  }

  final @Nullable E last() {
    return last;
  }

  final int size() {
    return size;
  }

  /** Adds an element at the end. */
  final void add(E element) {
    insertAfter(last, element);
  }

  /** Inserts an element behind another one, or at the beginning if there is none. */
  final void insertAfter(@Nullable E other, E element) {
    Element<E> place = element;
    E next = other == null ? first : other.after();
    place.list = this;
    place.before = other;
    place.after = next;
    link(other, element);
    linkBack(element, next);
    size++;
  }

  /** {@return whether the element was in this list} */
  final boolean remove(E element) {
    Element<E> place = element;
    if (place.list != this) {
      return false;
    }
    E previous = place.before;
    E next = place.after;
    place.list = null;
    place.before = null;
    place.after = null;
    link(previous, next);
    linkBack(previous, next);
    size--;
    return true;
  }

  private void link(@Nullable E element, @Nullable E next) {
    if (element == null) {
      first = next;
    } else {
      ((Element<E>) element).setAfter(next);
    }
  }

  private void linkBack(@Nullable E previous, @Nullable E element) {
    if (element == null) {
      last = previous;
    } else {
      ((Element<E>) element).setBefore(previous);
    }
  }
}
