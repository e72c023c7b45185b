package dev.whistler.tier.object;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The instructions whose numbers the loader replaces by those of the running kernel (CO-RE, {@code
 * .BTF.ext}): nothing about them is known before.
 */
final class CoreSites {
  private static final int MAXIMUM_RECORDS = 1 << 20;

  private CoreSites() {}

  /**
   * Byte offsets of instructions by section name.
   *
   * @param strings the string section of {@code .BTF}
   */
  static Map<String, Set<Long>> read(Bytes extension, Bytes btf) {
    Map<String, Set<Long>> sites = new HashMap<>();
    long header = extension.u32(4);
    if (header < 32) {
      return sites;
    }
    Bytes strings = btf.slice(btf.u32(4) + btf.u32(16), btf.u32(20));
    Bytes records = extension.slice(header + extension.u32(24), extension.u32(28));
    if (records.size() == 0) {
      return sites;
    }
    long recordBytes = records.u32(0);
    long at = 4;
    int total = 0;
    while (at < records.size()) {
      Set<Long> offsets =
          sites.computeIfAbsent(strings.text(records.u32(at)), _ -> new HashSet<>());
      long count = records.u32(at + 4);
      at += 8;
      total++;
      for (long i = 0; i < count; i++) {
        total++;
        if (recordBytes < 4 || total > MAXIMUM_RECORDS) {
          throw new MalformedException("its relocations of kernel fields are damaged");
        }
        offsets.add(records.u32(at));
        at += recordBytes;
      }
    }
    return sites;
  }
}
