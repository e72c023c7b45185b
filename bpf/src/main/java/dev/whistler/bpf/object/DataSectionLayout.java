package dev.whistler.bpf.object;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSection;
import dev.whistler.bpf.elf.ElfSymbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Clang leaves the size of a data section and the places of its variables in BTF at zero for the
 * loader to fill in; the kernel insists on both.
 */
final class DataSectionLayout {
  private static final int KIND_DATASEC = 15;
  private static final int TYPE_BYTES = 12;
  private static final int ENTRY_BYTES = 12;

  private DataSectionLayout() {}

  /** Fills in what is missing, in place, and returns the bytes. */
  static byte[] complete(ElfFile elf, byte[] bytes) {
    Btf btf = Btf.parse(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<ElfSymbol> symbols = elf.symbols();
    for (int id = 1; id < btf.typeCount(); id++) {
      int at = btf.recordOffset(id);
      if ((buffer.getInt(at + 4) >>> 24 & 0x1f) == KIND_DATASEC
          && btf.type(id) instanceof BtfType.DataSection data
          && data.size() == 0) {
        Optional<ElfSection> section = elf.section(data.name());
        section.ifPresent(found -> complete(btf, buffer, at, data, found, symbols));
      }
    }
    return bytes;
  }

  private static void complete(
      Btf btf,
      ByteBuffer buffer,
      int at,
      BtfType.DataSection data,
      ElfSection section,
      List<ElfSymbol> symbols) {
    Map<String, Long> places = new HashMap<>();
    for (ElfSymbol symbol : symbols) {
      if (symbol.section() == section.index() && !symbol.isSection()) {
        places.put(symbol.name(), symbol.value());
      }
    }
    List<BtfType.Placed> placed = new ArrayList<>();
    for (BtfType.Placed variable : data.variables()) {
      String name = btf.type(variable.variable()).name();
      long offset = places.getOrDefault(name, (long) variable.offset());
      placed.add(new BtfType.Placed(variable.variable(), (int) offset, variable.size()));
    }
    placed.sort(Comparator.comparingInt(BtfType.Placed::offset));
    buffer.putInt(at + 8, (int) section.size());
    int entry = at + TYPE_BYTES;
    for (BtfType.Placed variable : placed) {
      buffer.putInt(entry, variable.variable());
      buffer.putInt(entry + 4, variable.offset());
      buffer.putInt(entry + 8, variable.size());
      entry += ENTRY_BYTES;
    }
  }
}
