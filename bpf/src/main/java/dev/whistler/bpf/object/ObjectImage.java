package dev.whistler.bpf.object;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfRelocation;
import dev.whistler.bpf.elf.ElfSection;
import dev.whistler.bpf.elf.ElfSymbol;
import dev.whistler.bpf.elf.ObjectFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled object, read and checked.
 *
 * @param license contents of the {@code license} section, or empty
 * @param maps in the order of definition
 * @param data data sections in the order of the file
 * @param functions programs and subprograms in the order of the file
 * @param btf type information, or null
 * @param lines functions, lines and CO-RE relocations
 * @param configuration numbers of the kernel's configuration that the object asks for
 */
public record ObjectImage(
    String license,
    List<MapDefinition> maps,
    List<DataImage> data,
    List<FunctionImage> functions,
    @Nullable Btf btf,
    BtfExt lines,
    List<Extern> configuration) {
  private static final int EM_BPF = ElfFile.EM_BPF;

  /** Before the name of a section whose programs are loaded only when asked for. */
  static final char ON_REQUEST = '?';

  private static final int SLOT_BYTES = 8;
  private static final int MAXIMUM_OBJECT_BYTES = 256 << 20;

  /**
   * Reads an object.
   *
   * @throws ObjectFormatException if it is damaged, or needs what this library refuses
   */
  public static ObjectImage read(ElfFile elf) {
    if (elf.machine() != EM_BPF) {
      throw new ObjectFormatException(
          "the ELF file is for machine "
              + elf.machine()
              + ", not for BPF (247); compile with -target bpfel");
    }
    long total = elf.sections().stream().mapToLong(ElfSection::size).sum();
    if (total > MAXIMUM_OBJECT_BYTES) {
      throw new ObjectFormatException("the object needs more than 256 MiB");
    }
    List<ElfSymbol> symbols = elf.symbols();
    Btf btf =
        elf.section(".BTF")
            .map(section -> Btf.parse(DataSectionLayout.complete(elf, elf.bytes(section))))
            .orElse(null);
    BtfExt lines =
        btf == null
            ? BtfExt.empty()
            : elf.section(".BTF.ext")
                .map(section -> BtfExt.parse(elf.bytes(section), btf))
                .orElseGet(BtfExt::empty);
    if (elf.section("maps").isPresent()) {
      throw new ObjectFormatException(
          "the object defines maps in a 'maps' section, as libbpf before 1.0 took them;"
              + " define them with BTF in .maps");
    }
    Externals externals = Externals.read(elf, symbols, btf);
    List<FunctionImage> functions = new ArrayList<>();
    for (ElfSection section : elf.sections()) {
      if (section.isExecutable() && section.size() > 0) {
        functions.addAll(readFunctions(elf, section, symbols, externals));
      }
    }
    return new ObjectImage(
        elf.section("license").map(section -> text(elf.bytes(section))).orElse(""),
        btf == null ? List.of() : List.copyOf(MapDefinitions.read(btf, elf)),
        List.copyOf(readData(elf, btf, externals)),
        List.copyOf(functions),
        btf,
        lines,
        externals.configuration());
  }

  private static List<DataImage> readData(ElfFile elf, @Nullable Btf btf, Externals externals) {
    List<DataImage> data = new ArrayList<>();
    if (!externals.configuration().isEmpty()) {
      Extern last = externals.configuration().getLast();
      data.add(new DataImage(Extern.SECTION, new byte[last.offset() + Long.BYTES], 0));
    }
    for (ElfSection section : elf.sections()) {
      if (DataImage.isDataSection(section.name())
          && section.isAllocated()
          && !section.isExecutable()
          && section.size() > 0) {
        int type = btf == null ? 0 : btf.find(section.name(), BtfType.DataSection.class).orElse(0);
        byte[] bytes = section.isZeroFilled() ? new byte[(int) section.size()] : elf.bytes(section);
        data.add(new DataImage(section.name(), bytes, type));
      }
    }
    return data;
  }

  private static List<FunctionImage> readFunctions(
      ElfFile elf, ElfSection section, List<ElfSymbol> symbols, Externals externals) {
    byte[] code = elf.bytes(section);
    if (code.length % SLOT_BYTES != 0) {
      throw new ObjectFormatException(
          "section " + section.name() + " does not hold whole instructions");
    }
    boolean text = section.name().equals(".text");
    boolean onRequest = section.name().indexOf(ON_REQUEST) == 0;
    SectionKind kind = text ? null : SectionKind.of(section.name()).orElse(null);
    List<ElfRelocation> relocations = elf.relocations(section);
    List<FunctionImage> functions = new ArrayList<>();
    for (ElfSymbol symbol : symbols) {
      if (symbol.isFunction() && symbol.section() == section.index()) {
        if (symbol.value() < 0
            || symbol.size() <= 0
            || symbol.value() % SLOT_BYTES != 0
            || symbol.size() % SLOT_BYTES != 0
            || symbol.value() > code.length - symbol.size()) {
          throw new ObjectFormatException(
              "function " + symbol.name() + " does not lie in section " + section.name());
        }
        if (!text && !symbol.isGlobal()) {
          throw new ObjectFormatException(
              "program "
                  + symbol.name()
                  + " in section "
                  + section.name()
                  + " is static, so that nobody can tell whether it is one: take the word away");
        }
        int start = (int) symbol.value();
        int end = start + (int) symbol.size();
        functions.add(
            new FunctionImage(
                symbol.name(),
                section.name(),
                section.index(),
                start,
                Arrays.copyOfRange(code, start, end),
                kind,
                loading(text, onRequest),
                references(elf, code, start, end, relocations, symbols, externals)));
      }
    }
    checkCovered(section, code.length, functions);
    return functions;
  }

  private static FunctionImage.Loading loading(boolean text, boolean onRequest) {
    if (text) {
      return FunctionImage.Loading.SUBPROGRAM;
    }
    return onRequest ? FunctionImage.Loading.ON_REQUEST : FunctionImage.Loading.BY_DEFAULT;
  }

  /** Code that no symbol names would be left out without a word. */
  private static void checkCovered(ElfSection section, int bytes, List<FunctionImage> functions) {
    int covered = 0;
    List<FunctionImage> order =
        functions.stream().sorted(Comparator.comparingInt(FunctionImage::offset)).toList();
    for (FunctionImage function : order) {
      if (function.offset() > covered) {
        break;
      }
      covered = Math.max(covered, function.offset() + function.code().length);
    }
    if (covered < bytes) {
      throw new ObjectFormatException(
          ("section %s has code at byte %d that no function symbol names, so that it cannot be told"
                  + " what to load; compile it with clang 10 or newer and keep the symbols")
              .formatted(section.name(), covered));
    }
  }

  private static Map<Integer, Reference> references(
      ElfFile elf,
      byte[] code,
      int start,
      int end,
      List<ElfRelocation> relocations,
      List<ElfSymbol> symbols,
      Externals externals) {
    Map<Integer, Reference> references = new HashMap<>();
    ByteBuffer bytes = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    for (ElfRelocation relocation : relocations) {
      long at = relocation.offset();
      if (at < start || at >= end) {
        continue;
      }
      if (at % SLOT_BYTES != 0
          || relocation.symbol() < 0
          || relocation.symbol() >= symbols.size()) {
        throw new ObjectFormatException("a relocation at byte " + at + " is damaged");
      }
      ElfSymbol symbol = symbols.get(relocation.symbol());
      int slot = (int) (at - start) / SLOT_BYTES;
      references.put(
          slot,
          symbol.isUndefined()
              ? externals.reference(symbol.name())
              : reference(elf, symbol, relocation, bytes.getInt((int) at + 4)));
    }
    return references;
  }

  private static Reference reference(
      ElfFile elf, ElfSymbol symbol, ElfRelocation relocation, int addend) {
    if (symbol.section() >= elf.sections().size()) {
      throw new ObjectFormatException("symbol " + symbol.name() + " lies in no section");
    }
    ElfSection section = elf.sections().get(symbol.section());
    long value = symbol.value();
    return switch (relocation.type()) {
      // A call holds the distance in instructions, less one; relative to the symbol.
      case ElfRelocation.R_BPF_64_32 ->
          new Reference.Function(
              section.index(), Math.toIntExact(value + (addend + 1L) * SLOT_BYTES));
      case ElfRelocation.R_BPF_64_64 -> {
        if (section.name().equals(".maps")) {
          yield new Reference.Map(mapName(elf, section, symbol, addend));
        }
        int offset = (int) (value + addend);
        yield section.isExecutable()
            ? new Reference.Function(section.index(), offset)
            : data(section, offset);
      }
      default ->
          throw new ObjectFormatException(
              "the object has a relocation of the unknown type " + relocation.type());
    };
  }

  private static String mapName(ElfFile elf, ElfSection section, ElfSymbol symbol, int addend) {
    if (!symbol.isSection()) {
      return symbol.name();
    }
    // A static map is reached through its section.
    return elf.symbols().stream()
        .filter(s -> s.section() == section.index() && !s.isSection() && s.value() == addend)
        .findFirst()
        .orElseThrow(() -> new ObjectFormatException("no map at byte " + addend + " of .maps"))
        .name();
  }

  private static Reference data(ElfSection section, int offset) {
    if (!DataImage.isDataSection(section.name()) || offset < 0 || offset > section.size()) {
      throw new ObjectFormatException(
          "the code refers to byte "
              + offset
              + " of section "
              + section.name()
              + ", which holds no data for it");
    }
    return new Reference.Data(section.name(), offset);
  }

  private static String text(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
