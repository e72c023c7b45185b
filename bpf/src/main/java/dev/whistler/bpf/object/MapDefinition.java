package dev.whistler.bpf.object;

import dev.whistler.bpf.map.MapType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map as an object defines it.
 *
 * @param name symbol
 * @param keySize bytes
 * @param valueSize bytes
 * @param maxEntries entries, or bytes of a ring buffer
 * @param flags creation flags
 * @param pinByName whether the object asks to pin it by name (pinning 1)
 * @param extra map_extra
 * @param numaNode node whose memory is used, with the flag BPF_F_NUMA_NODE
 * @param keyType BTF type id of the key in the object, 0 if not described
 * @param valueType BTF type id of the value, 0 if not described
 * @param inner template of inner maps, or null
 * @param initial slot → symbol of the map or program to be put there
 */
public record MapDefinition(
    String name,
    MapType type,
    int keySize,
    int valueSize,
    int maxEntries,
    int flags,
    boolean pinByName,
    long extra,
    int numaNode,
    int keyType,
    int valueType,
    @Nullable MapDefinition inner,
    Map<Integer, String> initial) {
  /** Keeps a copy of the slots. */
  public MapDefinition {
    initial = Map.copyOf(initial);
  }
}
