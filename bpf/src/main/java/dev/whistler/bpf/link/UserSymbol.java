package dev.whistler.bpf.link;

import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSymbol;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.elf.SymbolVersions;
import dev.whistler.bpf.sys.BpfException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Functions of executables and shared libraries, by symbol. */
public final class UserSymbol {
  private static final int EM_X86_64 = 62;
  private static final int EM_AARCH64 = 183;
  private static final int AARCH64_INSTRUCTION_BYTES = 4;

  /** Code is followed from a function's begin at most this far. */
  private static final int MAXIMUM_WALK = 1 << 20;

  /** Candidates that a message names. */
  private static final int MAXIMUM_NAMED = 6;

  private UserSymbol() {}

  /** Where in the code a place is. */
  public enum Boundary {
    /** An instruction begins there. */
    START,
    /** It is inside of an instruction: a breakpoint there changes what the program does. */
    INSIDE,
    /** Nothing tells: no symbol covers the place, or what is before it may be data. */
    UNKNOWN
  }

  /**
   * Where a function is in its file, the way uprobes count.
   *
   * @param symbol {@code NAME}, which means the default version, {@code NAME@VERSION} or {@code
   *     NAME@@VERSION}
   * @return bytes from the beginning of the file
   * @throws BpfException if the file cannot be read, is no ELF file or has no such function, if
   *     several functions have the name, or if the symbol is that of a resolver; the message names
   *     what there is
   */
  public static long offset(Path file, String symbol) {
    List<UserFunction> all = functions(file);
    List<UserFunction> named = all.stream().filter(f -> f.isNamed(symbol)).toList();
    if (named.isEmpty()) {
      throw new BpfException(file + " has no function " + symbol + instead(all, symbol));
    }
    List<UserFunction> visible = named.stream().filter(UserFunction::isDefault).toList();
    List<UserFunction> found = distinct(visible.isEmpty() ? named : visible);
    if (found.size() > 1) {
      throw new BpfException(
          "%s has %d functions %s, at %s; name one by its place, as %s:0x%x"
              .formatted(
                  file,
                  found.size(),
                  symbol,
                  found.stream()
                      .limit(MAXIMUM_NAMED)
                      .map(f -> "0x" + Long.toHexString(f.fileOffset()) + version(f))
                      .collect(Collectors.joining(", ")),
                  file,
                  found.getFirst().fileOffset()));
    }
    UserFunction function = found.getFirst();
    if (function.isIndirect()) {
      throw indirect(file, symbol);
    }
    return function.fileOffset();
  }

  private static String version(UserFunction function) {
    return function.version() == null ? "" : " (" + function.text() + ")";
  }

  private static BpfException indirect(Path file, String symbol) {
    return new BpfException(
        "%s of %s is an indirect function: its symbol is that of a resolver, which chooses an"
                .formatted(symbol, file)
            + " implementation when a process starts; probe the implementations by their own"
            + " symbols or places");
  }

  private static String instead(List<UserFunction> all, String symbol) {
    int at = symbol.indexOf('@', 1);
    String name = at < 0 ? symbol : symbol.substring(0, at);
    String versions =
        all.stream()
            .filter(f -> f.name().equals(name))
            .map(UserFunction::text)
            .distinct()
            .limit(MAXIMUM_NAMED)
            .collect(Collectors.joining(", "));
    return versions.isEmpty() ? "; give an offset if the file is stripped" : "; it has " + versions;
  }

  /** One function a place: symbols of one place are names of one function. */
  private static List<UserFunction> distinct(List<UserFunction> functions) {
    List<UserFunction> distinct = new ArrayList<>();
    for (UserFunction function : functions) {
      if (distinct.stream().noneMatch(d -> d.fileOffset() == function.fileOffset())) {
        distinct.add(function);
      }
    }
    distinct.sort(Comparator.comparingLong(UserFunction::fileOffset));
    return distinct;
  }

  /**
   * Where all functions of matching names are: every static function of a name, and every version.
   * Resolvers of indirect functions are none of them.
   *
   * @param wanted tells them
   * @return distinct offsets in ascending order; empty if none is wanted
   * @throws BpfException if the file cannot be read or is no ELF file, or if only resolvers are
   *     wanted
   */
  public static long[] offsets(Path file, Predicate<UserFunction> wanted) {
    List<UserFunction> matching = functions(file).stream().filter(wanted).toList();
    long[] offsets =
        matching.stream()
            .filter(f -> !f.isIndirect())
            .mapToLong(UserFunction::fileOffset)
            .distinct()
            .sorted()
            .toArray();
    if (offsets.length == 0 && !matching.isEmpty()) {
      throw indirect(file, matching.getFirst().name());
    }
    return offsets;
  }

  /**
   * All functions that a file defines, by the symbols for the dynamic linker and those for
   * debuggers.
   *
   * @throws BpfException if the file cannot be read or is no ELF file
   */
  public static List<UserFunction> functions(Path file) {
    return reading(file, UserSymbol::functions);
  }

  private static List<UserFunction> functions(ElfFile elf) {
    List<UserFunction> functions = new ArrayList<>();
    SymbolVersions versions = SymbolVersions.of(elf);
    List<ElfSymbol> dynamic = elf.dynamicSymbols();
    for (int i = 0; i < dynamic.size(); i++) {
      add(elf, dynamic.get(i), versions.name(i), versions.isDefault(i), functions);
    }
    // Linkers write a version behind the name, or none at all where the dynamic symbol has one.
    Set<String> known =
        functions.stream().map(f -> f.name() + " " + f.fileOffset()).collect(Collectors.toSet());
    List<UserFunction> others = new ArrayList<>();
    for (ElfSymbol symbol : elf.symbols()) {
      int at = symbol.name().indexOf('@', 1);
      boolean isDefault = at < 0 || symbol.name().startsWith("@@", at);
      String version = at < 0 ? null : symbol.name().substring(isDefault ? at + 2 : at + 1);
      add(elf, symbol, version, isDefault, others);
    }
    others.removeIf(f -> known.contains(f.name() + " " + f.fileOffset()));
    functions.addAll(others);
    return functions;
  }

  private static void add(
      ElfFile elf,
      ElfSymbol symbol,
      @Nullable String version,
      boolean isDefault,
      List<UserFunction> functions) {
    if (!symbol.isFunction() || symbol.isUndefined()) {
      return;
    }
    OptionalLong offset = elf.fileOffset(symbol.value());
    if (offset.isPresent()) {
      int at = symbol.name().indexOf('@', 1);
      functions.add(
          new UserFunction(
              at < 0 ? symbol.name() : symbol.name().substring(0, at),
              version,
              isDefault,
              symbol.isIndirect(),
              offset.getAsLong(),
              symbol.size()));
    }
  }

  /**
   * Whether an instruction begins at a place: the code is followed from the begin of the function
   * that covers the place.
   *
   * @param offset bytes from the beginning of the file
   * @throws BpfException if the file cannot be read or is no ELF file
   */
  public static Boundary boundary(Path file, long offset) {
    return reading(file, elf -> boundary(elf, offset));
  }

  /**
   * As {@link #boundary(Path, long)}; where no symbol covers the place, the code is followed from
   * another place at which an instruction begins.
   *
   * @param start such a place before the one asked for, in bytes from the beginning of the file
   */
  public static Boundary boundary(Path file, long start, long offset) {
    return reading(
        file,
        elf -> {
          Boundary found = boundary(elf, offset);
          return found == Boundary.UNKNOWN && elf.machine() == EM_X86_64 && start > 0
              ? walk(elf, start, offset, offset)
              : found;
        });
  }

  private static Boundary boundary(ElfFile elf, long offset) {
    if (elf.machine() == EM_AARCH64) {
      return offset % AARCH64_INSTRUCTION_BYTES == 0 ? Boundary.START : Boundary.INSIDE;
    }
    if (elf.machine() != EM_X86_64) {
      return Boundary.UNKNOWN;
    }
    return functions(elf).stream()
        .filter(f -> f.fileOffset() <= offset && offset < f.fileOffset() + Math.max(1, f.size()))
        .max(Comparator.comparingLong(UserFunction::fileOffset))
        .map(f -> walk(elf, f.fileOffset(), offset, f.fileOffset() + f.size()))
        .orElse(Boundary.UNKNOWN);
  }

  /** Follows the code from one place to another, and what lies behind it up to an end. */
  private static Boundary walk(ElfFile elf, long start, long offset, long end) {
    if (offset < start || offset - start > MAXIMUM_WALK) {
      return Boundary.UNKNOWN;
    }
    long behind = Math.max(offset + InstructionLength.MAXIMUM, end);
    byte[] code = elf.bytes(start, (int) Math.min(behind - start, MAXIMUM_WALK + 16));
    return CodeWalk.boundary(code, (int) (offset - start));
  }

  private interface Reading<T> {
    T read(ElfFile elf);
  }

  private static <T> T reading(Path file, Reading<T> reading) {
    try (ElfFile elf = ElfFile.map(file)) {
      return reading.read(elf);
    } catch (IOException e) {
      throw new BpfException("cannot read " + file + " to find its functions", e);
    } catch (ObjectFormatException e) {
      throw new BpfException(file + ": " + e.getMessage(), e);
    }
  }
}
