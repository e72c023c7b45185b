package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.Structure;

/**
 * What the kernel says about a map (struct bpf_map_info).
 *
 * @param typeNumber number of the map type, also of types this library does not know
 * @param id unique while the map lives
 * @param keySize bytes
 * @param valueSize bytes
 * @param maxEntries entries, or bytes of a ring buffer
 * @param flags creation flags
 * @param name at most 15 bytes
 * @param btfId id of the BTF that describes key and value, or 0
 * @param keyType type of the key in that BTF, 0 if not described
 * @param valueType type of the value in that BTF
 * @param extra map_extra
 */
public record MapInfo(
    int typeNumber,
    int id,
    int keySize,
    int valueSize,
    int maxEntries,
    int flags,
    String name,
    int btfId,
    int keyType,
    int valueType,
    long extra) {
  private static final int NAME_BYTES = 16;

  static MapInfo parse(byte[] info) {
    Structure s = new Structure(info);
    return new MapInfo(
        s.getInt(0),
        s.getInt(4),
        s.getInt(8),
        s.getInt(12),
        s.getInt(16),
        s.getInt(20),
        s.getText(24, NAME_BYTES),
        s.getInt(64),
        s.getInt(68),
        s.getInt(72),
        s.getLong(80));
  }
}
