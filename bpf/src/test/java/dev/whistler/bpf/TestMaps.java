package dev.whistler.bpf;

import dev.whistler.bpf.map.BpfMap;

/** Reading of maps in tests. */
public final class TestMaps {
  private TestMaps() {}

  /** The value of a key that is there. */
  public static byte[] value(BpfMap map, byte[] key) {
    byte[] value = map.lookup(key);
    if (value == null) {
      throw new AssertionError(map + " has no such entry");
    }
    return value;
  }
}
