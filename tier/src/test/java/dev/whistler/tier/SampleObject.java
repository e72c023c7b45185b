package dev.whistler.tier;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes objects instruction by instruction, as no compiler would. Registers are numbers; {@code
 * add}, {@code store} and the rest append one instruction (RFC 9669).
 */
final class SampleObject {
  private final Map<String, ByteArrayOutputStream> code = new LinkedHashMap<>();
  private final List<Symbol> symbols = new ArrayList<>();
  private final List<Relocation> relocations = new ArrayList<>();
  private final List<long[]> core = new ArrayList<>();
  private final Map<String, Integer> maps = new LinkedHashMap<>();
  private String section = "";
  private int start;

  private record Symbol(String name, String section, int type, int value, int size) {}

  private record Relocation(String section, int offset, int type, String symbol) {}

  /** Begins a function, which ends where the next begins or the object is written. */
  SampleObject function(String name, String inSection) {
    end();
    section = inSection;
    code.computeIfAbsent(section, _ -> new ByteArrayOutputStream());
    start = size();
    symbols.add(new Symbol(name, section, 2, start, 0));
    return this;
  }

  private void end() {
    if (!section.isEmpty()) {
      Symbol open = symbols.removeLast();
      symbols.add(new Symbol(open.name(), section, 2, start, size() - start));
    }
  }

  private int size() {
    ByteArrayOutputStream bytes = code.get(section);
    return bytes == null ? 0 : bytes.size();
  }

  SampleObject map(String name, int type) {
    maps.put(name, type);
    return this;
  }

  SampleObject raw(int opcode, int target, int source, int offset, int immediate) {
    ByteArrayOutputStream bytes = code.get(section);
    if (bytes == null) {
      throw new IllegalStateException("begin a function first");
    }
    byte[] slot =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) opcode)
            .put((byte) (source << 4 | target))
            .putShort((short) offset)
            .putInt(immediate)
            .array();
    bytes.write(slot, 0, slot.length);
    return this;
  }

  SampleObject move(int target, int source) {
    return raw(0xbf, target, source, 0, 0);
  }

  SampleObject set(int target, int number) {
    return raw(0xb7, target, 0, 0, number);
  }

  SampleObject add(int target, int number) {
    return raw(0x07, target, 0, 0, number);
  }

  /** {@code target = *(SIZE *) (source + offset)}; size 1, 2, 4 or 8. */
  SampleObject load(int bytes, int target, int source, int offset) {
    return raw(0x61 | size(bytes), target, source, offset, 0);
  }

  /** {@code *(SIZE *) (target + offset) = source}. */
  SampleObject store(int bytes, int target, int offset, int source) {
    return raw(0x63 | size(bytes), target, source, offset, 0);
  }

  /** {@code *(SIZE *) (target + offset) = number}. */
  SampleObject storeNumber(int bytes, int target, int offset, int number) {
    return raw(0x62 | size(bytes), target, 0, offset, number);
  }

  private static int size(int bytes) {
    return switch (bytes) {
      case 1 -> 0x10;
      case 2 -> 0x08;
      case 4 -> 0x00;
      default -> 0x18;
    };
  }

  SampleObject helper(int id) {
    return raw(0x85, 0, 0, 0, id);
  }

  /** Calls a function of the object. */
  SampleObject call(String function) {
    relocations.add(new Relocation(section, size(), 10, function));
    return raw(0x85, 0, 1, 0, -1);
  }

  /** The address of a function, map or variable section. */
  SampleObject address(int target, String symbol) {
    relocations.add(new Relocation(section, size(), 1, symbol));
    return raw(0x18, target, 0, 0, 0).raw(0, 0, 0, 0, 0);
  }

  SampleObject relocate(int type, String symbol) {
    relocations.add(new Relocation(section, size(), type, symbol));
    return this;
  }

  /** Has the loader replace the number of the next instruction. */
  SampleObject patchNext() {
    core.add(new long[] {section.hashCode(), size()});
    return this;
  }

  SampleObject exit() {
    return raw(0x95, 0, 0, 0, 0);
  }

  /** {@code r0 = number; exit}. */
  SampleObject exit(int number) {
    return set(0, number).exit();
  }

  byte[] write() {
    end();
    section = "";
    Strings strings = new Strings();
    List<Part> parts = new ArrayList<>();
    Map<String, Integer> indices = new LinkedHashMap<>();
    code.forEach(
        (name, bytes) -> {
          parts.add(new Part(name, 1, 6, bytes.toByteArray(), 0, 0));
          indices.put(name, parts.size());
        });
    parts.add(new Part(".data", 1, 3, new byte[64], 0, 0));
    indices.put(".data", parts.size());
    parts.add(new Part(".maps", 1, 3, new byte[8 * maps.size()], 0, 0));
    indices.put(".maps", parts.size());
    List<Symbol> all = new ArrayList<>(symbols);
    all.add(new Symbol("variable", ".data", 1, 8, 8));
    int place = 0;
    for (String map : maps.keySet()) {
      all.add(new Symbol(map, ".maps", 1, place, 8));
      place += 8;
    }
    all.add(new Symbol("outside", "", 0, 0, 0));
    Types types = new Types();
    parts.add(new Part(".BTF", 1, 0, types.write(maps, code.keySet()), 0, 0));
    parts.add(new Part(".BTF.ext", 1, 0, extension(types), 0, 0));
    int symbolTable = parts.size() + 1 + (int) code.keySet().stream().filter(this::refers).count();
    for (String name : code.keySet()) {
      if (refers(name)) {
        parts.add(
            new Part(
                ".rel" + name,
                9,
                0,
                relocations(name, all),
                symbolTable,
                indices.getOrDefault(name, 0)));
      }
    }
    ByteBuffer table = little(24 * (all.size() + 1)).position(24);
    for (Symbol symbol : all) {
      int info = 1 << 4 | symbol.type();
      table.putInt(strings.at(symbol.name())).put((byte) info).put((byte) 0);
      table.putShort((short) (int) indices.getOrDefault(symbol.section(), 0));
      table.putLong(symbol.value()).putLong(symbol.size());
    }
    parts.add(new Part(".symtab", 2, 0, table.array(), symbolTable + 1, 1));
    parts.forEach(part -> strings.at(part.name()));
    strings.at(".strtab");
    parts.add(new Part(".strtab", 3, 0, strings.bytes(), 0, 0));
    return file(parts, strings);
  }

  private boolean refers(String name) {
    return relocations.stream().anyMatch(r -> r.section().equals(name));
  }

  private byte[] relocations(String name, List<Symbol> all) {
    List<Relocation> own = relocations.stream().filter(r -> r.section().equals(name)).toList();
    ByteBuffer bytes = little(16 * own.size());
    for (Relocation relocation : own) {
      int symbol = 0;
      for (int i = 0; i < all.size(); i++) {
        symbol = all.get(i).name().equals(relocation.symbol()) ? i + 1 : symbol;
      }
      bytes.putLong(relocation.offset()).putInt(relocation.type()).putInt(symbol);
    }
    return bytes.array();
  }

  private byte[] extension(Types types) {
    List<String> patched =
        code.keySet().stream()
            .filter(name -> core.stream().anyMatch(site -> site[0] == name.hashCode()))
            .toList();
    int records = patched.size() * 8 + core.size() * 16 + 4;
    ByteBuffer bytes = little(32 + records);
    bytes.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(32);
    bytes.putInt(0).putInt(0).putInt(0).putInt(0).putInt(0).putInt(records);
    bytes.putInt(16);
    for (String name : patched) {
      List<long[]> own = core.stream().filter(c -> c[0] == name.hashCode()).toList();
      bytes.putInt(types.strings.at(name)).putInt(own.size());
      own.forEach(site -> bytes.putInt((int) site[1]).putInt(1).putInt(0).putInt(0));
    }
    return bytes.array();
  }

  private static byte[] file(List<Part> parts, Strings strings) {
    int size = 64 + parts.stream().mapToInt(part -> (part.bytes().length + 7) / 8 * 8).sum();
    ByteBuffer file = little(size + 64 * (parts.size() + 1));
    file.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
    file.putShort((short) 1).putShort((short) 247).putInt(1);
    file.putLong(0).putLong(0).putLong(size).putInt(0).putShort((short) 64).putShort((short) 0);
    file.putShort((short) 0).putShort((short) 64).putShort((short) (parts.size() + 1));
    file.putShort((short) parts.size());
    int at = 64;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      file.position(at).put(part.bytes());
      file.position(size + 64 * (i + 1));
      file.putInt(strings.at(part.name())).putInt(part.type()).putLong(part.flags()).putLong(0);
      file.putLong(at).putLong(part.bytes().length).putInt(part.link()).putInt(part.info());
      file.putLong(8).putLong(0);
      at += (part.bytes().length + 7) / 8 * 8;
    }
    return file.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private record Part(String name, int type, int flags, byte[] bytes, int link, int info) {}

  /** Names, each once, with the empty one first. */
  private static final class Strings {
    private final StringBuilder text = new StringBuilder("\0");

    int at(String name) {
      int found = text.indexOf("\0" + name + "\0");
      if (found >= 0) {
        return found + 1;
      }
      text.append(name).append('\0');
      return text.length() - name.length() - 1;
    }

    byte[] bytes() {
      return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
  }

  /** The type information of maps: a structure with a member {@code type} for each. */
  private static final class Types {
    private final Strings strings = new Strings();

    byte[] write(Map<String, Integer> maps, Set<String> sections) {
      List<int[]> records = new ArrayList<>();
      records.add(new int[] {strings.at("int"), 1 << 24, 4, 1 << 24 | 32});
      List<Integer> variables = new ArrayList<>();
      maps.forEach(
          (name, type) -> {
            int id = records.size() + 1;
            records.add(new int[] {0, 3 << 24, 0, 1, 1, type});
            records.add(new int[] {0, 2 << 24, id});
            records.add(new int[] {0, 4 << 24 | 1, 8, strings.at("type"), id + 1, 0});
            records.add(new int[] {strings.at(name), 14 << 24, id + 2, 1});
            variables.add(id + 3);
          });
      int[] all = new int[3 + 3 * variables.size()];
      all[0] = strings.at(".maps");
      all[1] = 15 << 24 | variables.size();
      for (int i = 0; i < variables.size(); i++) {
        all[3 + 3 * i] = variables.get(i);
        all[4 + 3 * i] = 8 * i;
        all[5 + 3 * i] = 8;
      }
      if (!variables.isEmpty()) {
        records.add(all);
      }
      int size = records.stream().mapToInt(record -> 4 * record.length).sum();
      sections.forEach(strings::at);
      byte[] names = strings.bytes();
      ByteBuffer bytes = little(24 + size + names.length);
      bytes.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
      bytes.putInt(0).putInt(size).putInt(size).putInt(names.length);
      records.forEach(
          record -> {
            for (int word : record) {
              bytes.putInt(word);
            }
          });
      return bytes.put(names).array();
    }
  }
}
