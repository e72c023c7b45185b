package dev.whistler.bpf.object;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfRelocation;
import dev.whistler.bpf.elf.ElfSection;
import dev.whistler.bpf.elf.ElfSymbol;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.map.MapType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code .maps} section: each variable's type is a structure whose members carry numbers
 * as the length of an array behind a pointer, and types as pointers to them.
 */
final class MapDefinitions {
  private static final int MAXIMUM_MAPS = 1024;
  private static final int POINTER_BYTES = 8;
  private static final int PIN_BY_NAME = 1;

  private final Btf btf;
  private final ElfFile elf;

  private MapDefinitions(Btf btf, ElfFile elf) {
    this.btf = btf;
    this.elf = elf;
  }

  static List<MapDefinition> read(Btf btf, ElfFile elf) {
    return new MapDefinitions(btf, elf).read();
  }

  private List<MapDefinition> read() {
    List<MapDefinition> maps = new ArrayList<>();
    int section = btf.find(".maps", BtfType.DataSection.class).orElse(0);
    if (section == 0 || !(btf.type(section) instanceof BtfType.DataSection variables)) {
      return maps;
    }
    if (variables.variables().size() > MAXIMUM_MAPS) {
      throw new ObjectFormatException(
          "the object defines " + variables.variables().size() + " maps, more than 1024");
    }
    for (BtfType.Placed placed : variables.variables()) {
      if (btf.type(placed.variable()) instanceof BtfType.Variable variable) {
        maps.add(readMap(variable.name(), variable.type(), false));
      }
    }
    return maps;
  }

  private MapDefinition readMap(String name, int type, boolean inner) {
    if (!(btf.type(btf.resolve(type)) instanceof BtfType.Composite structure)) {
      throw new ObjectFormatException("map " + name + " is not defined by a structure");
    }
    Map<String, Long> numbers = new HashMap<>();
    Map<String, Integer> types = new HashMap<>();
    MapDefinition template = null;
    Map<Integer, String> initial = Map.of();
    for (BtfType.Member member : structure.members()) {
      switch (member.name()) {
        case "key", "value" -> types.put(member.name(), target(name, member));
        case "values" -> {
          if (inner) {
            throw new ObjectFormatException(
                "map " + name + ": an inner map cannot hold maps itself");
          }
          template = readTemplate(name, member);
          initial = readInitial(name, member.bitOffset() / 8);
        }
        case "type", "max_entries", "map_flags", "numa_node" -> put(numbers, name, member);
        case "key_size", "value_size", "pinning", "map_extra" -> put(numbers, name, member);
        default ->
            throw new ObjectFormatException(
                "map " + name + " has the unknown member " + member.name() + " in its definition");
      }
    }
    int keyType = types.getOrDefault("key", 0);
    int valueType = types.getOrDefault("value", 0);
    MapType mapType = type(name, numbers.getOrDefault("type", 0L));
    checkPinning(name, numbers.getOrDefault("pinning", 0L), inner);
    if (structure.members().stream().anyMatch(member -> member.name().equals("values"))
        && !mapType.isMapOfMaps()
        && mapType != MapType.PROG_ARRAY) {
      throw new ObjectFormatException(
          "map " + name + " gives initial values, which only program arrays and maps of maps take");
    }
    return new MapDefinition(
        name,
        mapType,
        size(name, "key", numbers.get("key_size"), keyType, mapType),
        size(name, "value", numbers.get("value_size"), valueType, mapType),
        (int) (long) numbers.getOrDefault("max_entries", 0L),
        (int) (long) numbers.getOrDefault("map_flags", 0L),
        numbers.getOrDefault("pinning", 0L) == PIN_BY_NAME,
        numbers.getOrDefault("map_extra", 0L),
        (int) (long) numbers.getOrDefault("numa_node", 0L),
        keyType,
        valueType,
        template,
        initial);
  }

  /** Inner maps: {@code values} is an array of pointers to the inner map's definition. */
  private @Nullable MapDefinition readTemplate(String name, BtfType.Member member) {
    if (btf.type(btf.resolve(member.type())) instanceof BtfType.Array array
        && btf.type(btf.resolve(array.element())) instanceof BtfType.Pointer pointer) {
      int inner = btf.resolve(pointer.target());
      return btf.type(inner) instanceof BtfType.Composite
          ? readMap(name + ".inner", inner, true)
          : null;
    }
    throw new ObjectFormatException("map " + name + " has values that are no array of pointers");
  }

  /** Initial slots: relocations of the section at the places of the values. */
  private Map<Integer, String> readInitial(String name, int valuesOffset) {
    Map<Integer, String> initial = new HashMap<>();
    ElfSection section =
        elf.section(".maps")
            .orElseThrow(() -> new ObjectFormatException("the object has no .maps section"));
    List<ElfSymbol> symbols = elf.symbols();
    ElfSymbol self =
        symbols.stream()
            .filter(s -> s.section() == section.index() && s.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new ObjectFormatException("map " + name + " has no symbol"));
    long start = self.value() + valuesOffset;
    long end = self.value() + self.size();
    for (ElfRelocation relocation : elf.relocations(section)) {
      if (relocation.offset() >= start && relocation.offset() < end) {
        int index = relocation.symbol();
        if (index < 0 || index >= symbols.size()) {
          throw new ObjectFormatException("map " + name + " refers to a symbol that is not there");
        }
        initial.put(
            (int) ((relocation.offset() - start) / POINTER_BYTES), symbols.get(index).name());
      }
    }
    return initial;
  }

  private int target(String map, BtfType.Member member) {
    if (btf.type(btf.resolve(member.type())) instanceof BtfType.Pointer pointer) {
      return pointer.target();
    }
    throw new ObjectFormatException("map " + map + " has a " + member.name() + " of no type");
  }

  private void put(Map<String, Long> numbers, String map, BtfType.Member member) {
    numbers.put(member.name(), number(map, member));
  }

  private static void checkPinning(String map, long pinning, boolean inner) {
    if (pinning != 0 && (pinning != PIN_BY_NAME || inner)) {
      throw new ObjectFormatException(
          inner
              ? "map " + map + " is a template, which cannot be pinned"
              : "map " + map + " asks for the unknown pinning " + pinning + "; by name is 1");
    }
  }

  /** {@code __uint} is the length of an array, {@code __ulong} the value of an enumerator. */
  private long number(String map, BtfType.Member member) {
    if (btf.type(btf.resolve(member.type())) instanceof BtfType.Enumeration enumeration
        && enumeration.values().size() == 1) {
      return enumeration.values().getFirst().value();
    }
    if (btf.type(btf.resolve(member.type())) instanceof BtfType.Pointer pointer
        && btf.type(btf.resolve(pointer.target())) instanceof BtfType.Array array) {
      return Integer.toUnsignedLong(array.count());
    }
    throw new ObjectFormatException(
        "map " + map + " has a " + member.name() + " that is not written as a number");
  }

  private int size(String map, String what, @Nullable Long given, int typeId, MapType mapType) {
    // The type of a ring's value tells readers what its records are; the kernel wants size 0.
    if (typeId == 0 || mapType.isRing()) {
      return given == null ? defaultSize(mapType) : (int) (long) given;
    }
    long size = btf.sizeOf(typeId);
    if (given != null && given != size) {
      throw new ObjectFormatException(
          "map " + map + " says " + given + " bytes of " + what + ", its type has " + size);
    }
    if (size > Integer.MAX_VALUE) {
      throw new ObjectFormatException("map " + map + " has a " + what + " of " + size + " bytes");
    }
    return (int) size;
  }

  /** libbpf lets maps of descriptors go without sizes. */
  private static int defaultSize(MapType type) {
    return type.holdsDescriptors() ? 4 : 0;
  }

  private static MapType type(String map, long number) {
    if (number <= 0 || number >= MapType.values().length) {
      throw new ObjectFormatException("map " + map + " has the unknown type " + number);
    }
    return MapType.of((int) number);
  }
}
