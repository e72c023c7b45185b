package dev.whistler.operator.cache;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Each value once, as long as anybody holds it. For values that are never changed. Safe for use by
 * several threads.
 */
public final class SharedValues<T> {
  private final Map<T, WeakReference<T>> values = new WeakHashMap<>();

  /** The value that was given first of all that equal this one and are still held. */
  public synchronized T shared(T value) {
    @Nullable WeakReference<T> known = values.get(value);
    @Nullable T same = known == null ? null : known.get();
    if (same != null) {
      return same;
    }
    values.put(value, new WeakReference<>(value));
    return value;
  }

  /** How many there are, about. */
  synchronized int size() {
    return values.size();
  }
}
