package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.Opcode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Shows the instructions of an object with source lines and relocations:
 *
 * <pre>
 * count (xdp, 14 instructions)
 * ; pkt.w:3:5  (incf (getmap hits 0))
 *     0:  r1 = hits ll
 * </pre>
 */
public final class Disassembler {
  private final ElfFile elf;
  private final LineTable lines;
  private final StringBuilder out = new StringBuilder();

  private Disassembler(ElfFile elf) {
    this.elf = elf;
    this.lines = LineTable.read(elf);
  }

  /**
   * The text of an object's code.
   *
   * @param object bytes of an object file
   * @throws MalformedObjectException if they are no BPF object
   */
  public static String disassemble(byte[] object) {
    Disassembler disassembler = new Disassembler(ElfFile.read(object));
    disassembler.run();
    return disassembler.out.toString();
  }

  private void run() {
    for (ElfFile.Section section : elf.sections()) {
      if (!section.isCode()) {
        continue;
      }
      List<ElfFile.Symbol> functions =
          elf.symbols().stream()
              .filter(s -> s.section() == section.index() && s.type() == ElfBuilder.FUNCTION)
              .sorted(Comparator.comparingInt(ElfFile.Symbol::value))
              .toList();
      Map<Integer, ElfFile.Relocation> relocations = new HashMap<>();
      elf.relocations(section).forEach(r -> relocations.put(r.offset(), r));
      int shown = 0;
      for (ElfFile.Symbol function : functions) {
        checkInside(section, function);
        unnamed(section, shown, function.value(), relocations);
        code(function.name(), section, function.value(), function.size(), relocations);
        shown = Math.max(shown, function.value() + function.size());
      }
      unnamed(section, shown, section.bytes().limit(), relocations);
    }
  }

  /** Code that no symbol names, as old compilers leave it, is shown all the same. */
  private void unnamed(
      ElfFile.Section section, int from, int to, Map<Integer, ElfFile.Relocation> relocations) {
    int start = (from + 7) & ~7;
    if (to - start >= 8) {
      code("(no symbol, byte " + start + ")", section, start, to - start, relocations);
    }
  }

  private static void checkInside(ElfFile.Section section, ElfFile.Symbol function) {
    long start = function.value();
    if (start < 0
        || start % 8 != 0
        || function.size() < 0
        || start + function.size() > section.bytes().limit()) {
      throw new MalformedObjectException(
          "The function " + function.name() + " reaches beyond its section.");
    }
  }

  private void code(
      String name,
      ElfFile.Section section,
      int start,
      int size,
      Map<Integer, ElfFile.Relocation> relocations) {
    List<Instruction> code = decode(section.bytes(), start, size);
    if (!out.isEmpty()) {
      out.append('\n');
    }
    out.append(name).append(" (").append(section.name()).append(", ");
    out.append(code.size()).append(code.size() == 1 ? " instruction)\n" : " instructions)\n");
    Map<Integer, LineTable.Line> marks = lines.of(section.name());
    for (int slot = 0; slot < code.size(); slot++) {
      LineTable.Line line = marks.get(start + 8 * slot);
      if (line != null) {
        out.append(
            String.format(
                Locale.ROOT,
                "; %s:%d:%d  %s\n",
                line.file(),
                line.line(),
                line.column(),
                line.text().strip()));
      }
      Instruction instruction = code.get(slot);
      boolean wide = instruction.opcode() == Opcode.LOAD_WIDE && slot + 1 < code.size();
      ElfFile.Relocation relocation = relocations.get(start + 8 * slot);
      String symbol = relocation == null ? "" : meaning(instruction, relocation);
      Instruction next = wide ? code.get(slot + 1) : instruction;
      out.append(
          String.format(
              Locale.ROOT,
              "%5d:  %s\n",
              slot,
              InstructionText.of(instruction, slot, next, symbol)));
      if (wide) {
        slot++;
      }
    }
  }

  private static List<Instruction> decode(ByteBuffer bytes, int start, int size) {
    List<Instruction> code = new ArrayList<>();
    for (int at = start; at + 8 <= start + size; at += 8) {
      int registers = bytes.get(at + 1) & 0xff;
      code.add(
          new Instruction(
              bytes.get(at) & 0xff,
              registers & 15,
              registers >> 4,
              bytes.getShort(at + 2),
              bytes.getInt(at + 4)));
    }
    return code;
  }

  /** The name behind a relocation: a symbol, or a place in a section. */
  private String meaning(Instruction instruction, ElfFile.Relocation relocation) {
    ElfFile.Symbol symbol = relocation.symbol();
    if (!symbol.name().isEmpty()) {
      return symbol.name();
    }
    int offset =
        instruction.opcode() == Opcode.CALL
            ? 8 * (instruction.immediate() + 1)
            : instruction.immediate();
    for (ElfFile.Symbol other : elf.symbols()) {
      if (other.section() == symbol.section()
          && other.value() == offset
          && !other.name().isEmpty()) {
        return other.name();
      }
    }
    boolean known = symbol.section() < elf.sections().size();
    return (known ? elf.sections().get(symbol.section()).name() : "?") + "+" + offset;
  }
}
