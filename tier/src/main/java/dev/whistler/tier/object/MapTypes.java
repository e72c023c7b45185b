package dev.whistler.tier.object;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The types of an object's maps, from the type information of its {@code .maps} section (libbpf's
 * convention, bpf_helpers.h: a number is the length of an array behind a pointer).
 */
final class MapTypes {
  private static final int MAGIC = 0xeb9f;
  private static final int MAXIMUM_TYPES = 1 << 19;
  private static final int MAXIMUM_QUALIFIERS = 32;
  private static final int MAXIMUM_MAPS = 1024;
  private static final int MAXIMUM_MEMBERS = 64;
  private static final int POINTER = 2;
  private static final int ARRAY = 3;
  private static final int STRUCTURE = 4;
  private static final int UNION = 5;
  private static final int VARIABLE = 14;
  private static final int DATA_SECTION = 15;
  private static final Set<Integer> QUALIFIERS = Set.of(8, 9, 10, 11, 18);

  private final Bytes types;
  private final Bytes strings;
  private final List<Integer> places = new ArrayList<>(List.of(0));
  private final Map<String, MapType> maps = new HashMap<>();

  private MapTypes(Bytes btf) {
    if (btf.u16(0) != MAGIC) {
      throw new MalformedException("its type information is damaged");
    }
    long header = btf.u32(4);
    this.types = btf.slice(header + btf.u32(8), btf.u32(12));
    this.strings = btf.slice(header + btf.u32(16), btf.u32(20));
  }

  /** The maps of a {@code .BTF} section by name. */
  static Map<String, MapType> read(Bytes btf) {
    MapTypes reader = new MapTypes(btf);
    reader.readPlaces();
    reader.readMaps();
    return Map.copyOf(reader.maps);
  }

  private int kind(int place) {
    return types.i32(place + 4) >>> 24 & 0x1f;
  }

  private int count(int place) {
    return types.i32(place + 4) & 0xffff;
  }

  /** The type or size of a record. */
  private int target(int place) {
    return types.i32(place + 8);
  }

  private String name(int place) {
    return strings.text(types.u32(place));
  }

  private void readPlaces() {
    int at = 0;
    while (at < types.size()) {
      if (places.size() > MAXIMUM_TYPES) {
        throw new MalformedException("it has more than 524,288 types");
      }
      places.add(at);
      long next = at + 12L + tail(at);
      if (next > types.size()) {
        throw new MalformedException("its type information is cut off");
      }
      at = (int) next;
    }
  }

  /** Bytes after a record's first 12 (include/uapi/linux/btf.h). */
  private long tail(int place) {
    int count = count(place);
    return switch (kind(place)) {
      case 1, VARIABLE, 17 -> 4;
      case POINTER, 7, 8, 9, 10, 11, 12, 16, 18 -> 0;
      case ARRAY -> 12;
      case STRUCTURE, UNION, DATA_SECTION, 19 -> 12L * count;
      case 6, 13 -> 8L * count;
      default -> throw new MalformedException("it has a type of an unknown kind");
    };
  }

  /** The place of a type without its qualifiers; 0, which is no structure, if there is none. */
  private int resolve(int id) {
    int type = id;
    for (int i = 0; i < MAXIMUM_QUALIFIERS; i++) {
      if (type <= 0 || type >= places.size()) {
        throw new MalformedException("its type information names a type that does not exist");
      }
      int place = places.get(type);
      if (!QUALIFIERS.contains(kind(place))) {
        return place;
      }
      type = target(place);
    }
    throw new MalformedException("its type information goes in circles");
  }

  private void readMaps() {
    boolean found = false;
    for (int place : places.subList(1, places.size())) {
      if (kind(place) == DATA_SECTION && name(place).equals(".maps")) {
        if (found) {
          throw new MalformedException("its type information describes its maps twice");
        }
        found = true;
        if (count(place) > MAXIMUM_MAPS) {
          throw new MalformedException("it defines more than 1024 maps");
        }
        for (int i = 0; i < count(place); i++) {
          int variable = resolve(types.i32(place + 12 + 12 * i));
          if (kind(variable) != VARIABLE
              || maps.put(name(variable), map(resolve(target(variable)), true)) != null) {
            throw new MalformedException("its type information describes a map twice or not");
          }
        }
      }
    }
  }

  private MapType map(int structure, boolean outer) {
    boolean defined = kind(structure) == STRUCTURE || kind(structure) == UNION;
    if (!defined || count(structure) > MAXIMUM_MEMBERS) {
      throw new MalformedException("a map in it is not defined by a structure of 64 members");
    }
    int type = MapType.UNKNOWN;
    int inner = MapType.UNKNOWN;
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < count(structure); i++) {
      int member = structure + 12 + 12 * i;
      String name = strings.text(types.u32(member));
      if (!seen.add(name)) {
        throw new MalformedException("a map in it says its " + name + " twice");
      }
      if (name.equals("type")) {
        type = number(resolve(types.i32(member + 4)));
      } else if (name.equals("values") && outer) {
        inner = inner(resolve(types.i32(member + 4)));
      }
    }
    return new MapType(type, inner);
  }

  private int number(int pointer) {
    if (kind(pointer) == POINTER) {
      int array = resolve(target(pointer));
      if (kind(array) == ARRAY) {
        return types.i32(array + 12 + 8);
      }
    }
    throw new MalformedException("the type of a map in it is not written as a number");
  }

  /** The type of the maps in an array of pointers to them. */
  private int inner(int array) {
    if (kind(array) == ARRAY) {
      int pointer = resolve(types.i32(array + 12));
      if (kind(pointer) == POINTER && target(pointer) != 0) {
        int structure = resolve(target(pointer));
        return kind(structure) == STRUCTURE ? map(structure, false).number() : MapType.UNKNOWN;
      }
    }
    return MapType.UNKNOWN;
  }
}
