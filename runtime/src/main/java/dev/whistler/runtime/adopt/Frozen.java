package dev.whistler.runtime.adopt;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.pin.PinDirectory;
import java.util.Optional;

/** Bytes in a pin: the one element of a frozen array, since a BPF file system holds no files. */
final class Frozen {
  private static final String NAME = "whistler_text";
  private static final int MAX_BYTES = 16 << 20;

  private Frozen() {}

  static void pin(PinDirectory directory, String pin, byte[] bytes) {
    try (BpfMap map =
        BpfMap.create(MapSpec.of(NAME, MapType.ARRAY, 4, Math.max(1, bytes.length), 1))) {
      map.update(new byte[4], bytes.length == 0 ? new byte[1] : bytes);
      map.freeze();
      directory.pin(map, pin);
    }
  }

  /** Empty if there is no such pin, or if it is none of ours. */
  static Optional<byte[]> read(PinDirectory directory, String pin) {
    try (BpfMap map = directory.map(pin).orElse(null)) {
      return map == null
              || map.type() != MapType.ARRAY
              || !map.name().equals(NAME)
              || map.valueSize() > MAX_BYTES
          ? Optional.empty()
          : Optional.ofNullable(map.lookup(new byte[4]));
    }
  }
}
