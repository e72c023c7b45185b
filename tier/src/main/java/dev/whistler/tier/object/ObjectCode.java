package dev.whistler.tier.object;

import dev.whistler.tier.object.Elf.Relocation;
import dev.whistler.tier.object.Elf.Section;
import dev.whistler.tier.object.Elf.Symbol;
import dev.whistler.tier.object.Function.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The code of an object, linked as the loader links it.
 *
 * @param functions programs and the functions that they call, in the order of the file
 */
public record ObjectCode(List<Function> functions) {
  private static final String TEXT = ".text";
  private static final int MAXIMUM_BYTES = 256 << 20;
  private static final int MAXIMUM_SLOTS = 4_000_000;
  private static final int SLOT_BYTES = 8;
  private static final int RELOCATE_64 = 1; // R_BPF_64_64
  private static final int RELOCATE_CALL = 10; // R_BPF_64_32
  private static final int LOAD_64 = 0x18;
  private static final int CALL = 0x85;
  private static final int PSEUDO_CALL = 1;

  public ObjectCode {
    functions = List.copyOf(functions);
  }

  /** Whether a function is a program. */
  public static boolean isProgram(Function function) {
    return !function.section().equals(TEXT);
  }

  /**
   * Reads an object.
   *
   * @throws MalformedException if it cannot be read, or in more than one way
   */
  public static ObjectCode read(byte[] object) {
    if (object.length > MAXIMUM_BYTES) {
      throw new MalformedException("it is larger than 256 MiB");
    }
    return new Reader(new Elf(object)).read();
  }

  /** Where a function begins. */
  private record Place(int section, long offset) {}

  private static final class Reader {
    private final Elf elf;
    private final Map<String, MapType> maps;
    private final Map<String, Set<Long>> patched;
    private final Map<Place, Integer> places = new HashMap<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private @Nullable Map<Place, MapType> staticMaps;

    Reader(Elf elf) {
      this.elf = elf;
      Section btf = elf.section(".BTF");
      Section extension = elf.section(".BTF.ext");
      this.maps = btf == null ? Map.of() : MapTypes.read(btf.bytes());
      this.patched =
          btf == null || extension == null
              ? Map.of()
              : CoreSites.read(extension.bytes(), btf.bytes());
    }

    ObjectCode read() {
      long slots = 0;
      for (Symbol symbol : elf.symbols()) {
        Section section = elf.section(symbol);
        if (symbol.isFunction() && section != null && section.isExecutable()) {
          check(symbol, section);
          slots += symbol.size() / SLOT_BYTES;
          if (slots > MAXIMUM_SLOTS) {
            throw new MalformedException("it has more than 4 million instructions");
          }
          Integer same =
              places.putIfAbsent(new Place(symbol.section(), symbol.value()), symbols.size());
          if (same != null) {
            throw new MalformedException("two functions of it begin at the same place");
          }
          symbols.add(symbol);
        }
      }
      List<Function> functions = new ArrayList<>();
      Map<Integer, Map<Long, Relocation>> relocations = new HashMap<>();
      for (Symbol symbol : symbols) {
        Section section = elf.sections().get(symbol.section());
        functions.add(
            function(
                symbol,
                section,
                relocations.computeIfAbsent(section.index(), _ -> relocations(section))));
      }
      return new ObjectCode(functions);
    }

    private static void check(Symbol symbol, Section section) {
      long end = symbol.value() + symbol.size();
      if (symbol.value() < 0
          || symbol.size() <= 0
          || end < 0
          || symbol.value() % SLOT_BYTES != 0
          || symbol.size() % SLOT_BYTES != 0
          || end > section.bytes().size()) {
        throw new MalformedException("a function of it does not lie in its section");
      }
    }

    private Map<Long, Relocation> relocations(Section section) {
      Map<Long, Relocation> byOffset = new HashMap<>();
      for (Relocation relocation : elf.relocations(section)) {
        if (byOffset.put(relocation.offset(), relocation) != null) {
          throw new MalformedException("an instruction of it has two relocations");
        }
      }
      return byOffset;
    }

    private Function function(Symbol symbol, Section section, Map<Long, Relocation> relocations) {
      Function.Code code = new Function.Code(section.bytes().slice(symbol.value(), symbol.size()));
      int size = (int) (symbol.size() / SLOT_BYTES);
      Set<Long> patchedOffsets = patched.getOrDefault(section.name(), Set.of());
      Map<Integer, Reference> references = new HashMap<>();
      Set<Integer> patchedSlots = new HashSet<>();
      for (int slot = 0; slot < size; slot++) {
        long at = symbol.value() + (long) slot * SLOT_BYTES;
        Relocation relocation = relocations.get(at);
        if (relocation != null) {
          references.put(slot, reference(code, slot, relocation));
        } else if (code.opcode(slot) == CALL && code.source(slot) == PSEUDO_CALL) {
          references.put(
              slot, callee(symbol.section(), at + (code.immediate(slot) + 1L) * SLOT_BYTES));
        }
        if (patchedOffsets.contains(at)) {
          if (references.containsKey(slot)
              || (code.opcode(slot) & 7) == 5
              || (code.opcode(slot) & 7) == 6) {
            throw new MalformedException(
                "a relocation of a kernel field does not fit its instruction");
          }
          patchedSlots.add(slot);
        }
      }
      return new Function(symbol.name(), section.name(), code, size, references, patchedSlots);
    }

    private Reference.ToFunction callee(int section, long offset) {
      Integer index = places.get(new Place(section, offset));
      if (index == null) {
        throw new MalformedException("its code refers to a function that it does not hold");
      }
      return new Reference.ToFunction(index);
    }

    private Reference reference(Function.Code code, int slot, Relocation relocation) {
      Symbol symbol = relocation.symbol();
      Section section = elf.section(symbol);
      if (section == null) {
        throw new MalformedException(
            "its code refers to " + symbol.name() + ", which it does not define");
      }
      int addend = code.immediate(slot);
      boolean call = relocation.type() == RELOCATE_CALL;
      if (code.opcode(slot) != (call ? CALL : LOAD_64)
          || (!call && relocation.type() != RELOCATE_64)) {
        throw new MalformedException("a relocation of it does not fit its instruction");
      }
      if (call) {
        return callee(section.index(), symbol.value() + (addend + 1L) * SLOT_BYTES);
      }
      if (section.name().equals(".maps")) {
        return new Reference.ToMap(map(section, symbol, addend));
      }
      if (section.isExecutable()) {
        return callee(section.index(), symbol.value() + addend);
      }
      if (!isData(section.name())) {
        throw new MalformedException("its code refers to a section that holds no variables");
      }
      return new Reference.ToData();
    }

    private static boolean isData(String name) {
      for (String base : List.of(".rodata", ".data", ".bss")) {
        if (name.equals(base) || name.startsWith(base + ".")) {
          return true;
        }
      }
      return false;
    }

    private MapType map(Section section, Symbol symbol, int addend) {
      if (!symbol.isSection()) {
        return type(symbol.name());
      }
      // A static map is reached through its section.
      if (staticMaps == null) {
        staticMaps = staticMaps();
      }
      return known(staticMaps.get(new Place(section.index(), addend)));
    }

    private Map<Place, MapType> staticMaps() {
      Map<Place, MapType> found = new HashMap<>();
      for (Symbol symbol : elf.symbols()) {
        Section section = elf.section(symbol);
        if (section != null && section.name().equals(".maps") && !symbol.isSection()) {
          MapType type = type(symbol.name());
          MapType same = found.put(new Place(section.index(), symbol.value()), type);
          if (same != null && !same.equals(type)) {
            throw new MalformedException("two maps of it lie at the same place");
          }
        }
      }
      return found;
    }

    private MapType type(String name) {
      return known(maps.get(name));
    }

    private static MapType known(@Nullable MapType type) {
      return type == null ? new MapType(MapType.UNKNOWN, MapType.UNKNOWN) : type;
    }
  }
}
