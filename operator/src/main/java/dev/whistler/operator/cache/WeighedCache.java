package dev.whistler.operator.cache;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Values by key, as many as a bound in bytes allows: the least recently used go first. Safe for use
 * by several threads.
 */
public final class WeighedCache<K, V> {
  private final long maxBytes;
  private final ToLongFunction<V> weigher;
  private final Map<K, Weighed<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Weighed<V>(V value, long bytes) {}

  /**
   * Nothing yet.
   *
   * @param maxBytes of all values together
   * @param weigher bytes that a value with its key takes, about; asked once, when it is put
   */
  public WeighedCache(long maxBytes, ToLongFunction<V> weigher) {
    this.maxBytes = maxBytes;
    this.weigher = weigher;
  }

  /** The value, which counts as used now. */
  public synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key)).map(Weighed::value);
  }

  /** Keeps a value in place of any other of its key; one that alone weighs too much is not kept. */
  public synchronized void put(K key, V value) {
    remove(key);
    long weight = weigher.applyAsLong(value);
    if (weight > maxBytes) {
      return;
    }
    entries.put(key, new Weighed<>(value, weight));
    bytes += weight;
    Iterator<Weighed<V>> oldest = entries.values().iterator();
    while (bytes > maxBytes) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  /** Forgets a value. */
  public synchronized void remove(K key) {
    Weighed<V> removed = entries.remove(key);
    if (removed != null) {
      bytes -= removed.bytes();
    }
  }

  /** Bytes of what is kept. */
  public synchronized long bytes() {
    return bytes;
  }
}
