package dev.whistler.compiler.object;

import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code .maps} section: maps defined by BTF (section 21.2; the convention of libbpf's
 * bpf_helpers.h). The section's bytes are zero; what matters are the types of its variables.
 */
final class MapSection {
  private static final int PIN_BY_NAME = 1; // LIBBPF_PIN_BY_NAME

  private final BtfBuilder btf;
  private final TypeTable types;
  private final List<Entry> entries = new ArrayList<>();
  private int size;

  /** A map's symbol. */
  record Entry(MapDefinition map, int offset, int size) {}

  MapSection(BtfBuilder btf, TypeTable types, List<MapDefinition> maps) {
    this.btf = btf;
    this.types = types;
    List<BtfBuilder.Placed> placed = new ArrayList<>();
    for (MapDefinition map : maps) {
      List<BtfBuilder.Member> members = members(map);
      int bytes = 8 * members.size();
      int type = btf.struct("", bytes, members);
      int variable = btf.variable(map.symbol(), type, BtfBuilder.GLOBAL);
      placed.add(new BtfBuilder.Placed(variable, size, bytes));
      entries.add(new Entry(map, size, bytes));
      size += bytes;
    }
    if (!maps.isEmpty()) {
      btf.dataSection(".maps", size, placed);
    }
  }

  int size() {
    return size;
  }

  List<Entry> entries() {
    return entries;
  }

  private List<BtfBuilder.Member> members(MapDefinition map) {
    List<BtfBuilder.Member> members = new ArrayList<>();
    number(members, "type", map.type().number());
    if (isTyped(map)) {
      boolean implied = map.key().layout() == null && map.key().size() == 4;
      type(members, "key", implied ? types.scalar(key(map)) : types.slot(map.key()));
      type(members, "value", types.slot(map.value()));
    } else {
      number(members, "key_size", map.key().size());
      number(members, "value_size", map.value().size());
    }
    number(members, "max_entries", map.maxEntries());
    number(members, "map_flags", map.flags());
    number(members, "pinning", map.pin() ? PIN_BY_NAME : 0);
    return members;
  }

  private static ScalarType key(MapDefinition map) {
    ScalarType declared = map.key().scalar();
    return declared == null ? ScalarType.U32 : declared;
  }

  /**
   * Whether key and value are given by type. The kernel takes type information for both or none
   * (map_check_btf, kernel/bpf/syscall.c), and for some map types none at all.
   */
  private static boolean isTyped(MapDefinition map) {
    boolean declared = TypeTable.isTyped(map.key()) || TypeTable.isTyped(map.value());
    return switch (map.type()) {
      case HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LRU_HASH, LRU_PERCPU_HASH -> declared;
      case LPM_TRIE -> map.key().layout() instanceof StructLayout;
      case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> true;
      default -> false;
    };
  }

  /** A number is encoded as the bound of an array; zero members are left out. */
  private void number(List<BtfBuilder.Member> members, String name, long value) {
    if (value != 0) {
      int index = types.scalar(ScalarType.U32);
      int array = btf.array(types.scalar(ScalarType.I32), index, (int) value);
      type(members, name, array);
    }
  }

  private void type(List<BtfBuilder.Member> members, String name, int type) {
    members.add(new BtfBuilder.Member(name, btf.pointer(type), 8 * members.size()));
  }
}
