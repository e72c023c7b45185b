package dev.whistler.bpf.link;

import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSymbol;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.sys.BpfException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Functions of executables and shared libraries, by symbol. */
public final class UserSymbol {
  private UserSymbol() {}

  /**
   * Where a function is in its file, the way uprobes count.
   *
   * @param symbol name as in the symbol table, without version
   * @return bytes from the beginning of the file
   * @throws BpfException if the file cannot be read, is no ELF file or has no such function
   */
  public static long offset(Path file, String symbol) {
    List<Long> found = List.copyOf(offsets(file, symbol::equals).values());
    if (found.isEmpty()) {
      throw new BpfException(
          file + " has no function " + symbol + "; give an offset if the file is stripped");
    }
    return found.getFirst();
  }

  /** Where all functions of matching names are, sorted by name. */
  public static TreeMap<String, Long> offsets(Path file, Predicate<String> names) {
    try (ElfFile elf = ElfFile.map(file)) {
      TreeMap<String, Long> offsets = new TreeMap<>();
      Stream.concat(elf.symbols().stream(), elf.dynamicSymbols().stream())
          .filter(symbol -> symbol.isFunction() && !symbol.isUndefined())
          .filter(symbol -> names.test(name(symbol)))
          .forEach(
              symbol ->
                  elf.fileOffset(symbol.value())
                      .ifPresent(offset -> offsets.putIfAbsent(name(symbol), offset)));
      return offsets;
    } catch (IOException e) {
      throw new BpfException("cannot read " + file + " to find its functions", e);
    } catch (ObjectFormatException e) {
      throw new BpfException(file + ": " + e.getMessage(), e);
    }
  }

  /** Without a version, as in {@code malloc@@GLIBC_2.2.5}. */
  private static String name(ElfSymbol symbol) {
    int at = symbol.name().indexOf('@');
    return at < 0 ? symbol.name() : symbol.name().substring(0, at);
  }
}
