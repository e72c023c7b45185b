package dev.whistler.bpf.object;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSymbol;
import dev.whistler.bpf.elf.ObjectFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an object refers to and does not define: the kernel's, if anybody's. */
final class Externals {
  /** What libbpf calls virtual kconfig: numbers that no configuration file holds. */
  static final Set<String> KNOWN =
      Set.of("LINUX_KERNEL_VERSION", "LINUX_HAS_BPF_COOKIE", "LINUX_HAS_SYSCALL_WRAPPER");

  private static final int MAXIMUM_BYTES = 8;

  private final List<Extern> configuration = new ArrayList<>();
  private final Map<String, Reference> references = new HashMap<>();

  private Externals() {}

  /**
   * Sorts the undefined symbols.
   *
   * @throws ObjectFormatException for one that cannot be given
   */
  static Externals read(ElfFile elf, List<ElfSymbol> symbols, @Nullable Btf btf) {
    Externals externals = new Externals();
    Map<String, BtfType> configured = members(btf, Extern.SECTION);
    Map<String, BtfType> kernel = members(btf, ".ksyms");
    for (ElfSymbol symbol : symbols) {
      if (symbol.isUndefined() && !symbol.name().isEmpty()) {
        externals.add(symbol, configured.get(symbol.name()), kernel.get(symbol.name()), btf);
      }
    }
    return externals;
  }

  /** Numbers of the kernel's configuration, in the order of offsets. */
  List<Extern> configuration() {
    return List.copyOf(configuration);
  }

  /** What an instruction that names an undefined symbol refers to. */
  Reference reference(String name) {
    Reference reference = references.get(name);
    if (reference == null) {
      throw new ObjectFormatException("a relocation belongs to no symbol");
    }
    return reference;
  }

  private void add(
      ElfSymbol symbol, @Nullable BtfType configured, @Nullable BtfType kernel, @Nullable Btf btf) {
    String name = symbol.name();
    if (configured instanceof BtfType.Variable variable && btf != null) {
      if (!KNOWN.contains(name) && !symbol.isWeak()) {
        throw new ObjectFormatException(
            "the object wants "
                + name
                + " of the kernel's configuration (__kconfig), which is not supported: only "
                + String.join(", ", KNOWN.stream().sorted().toList())
                + " are given; declare it __weak and it is 0");
      }
      long size = btf.sizeOf(variable.type());
      if (size < 1 || size > MAXIMUM_BYTES || Long.bitCount(size) != 1) {
        throw new ObjectFormatException(name + " (__kconfig) is no number");
      }
      int offset = configuration.size() * MAXIMUM_BYTES;
      configuration.add(new Extern(name, offset, (int) size, symbol.isWeak()));
      references.put(name, new Reference.Data(Extern.SECTION, offset));
      return;
    }
    if (!symbol.isWeak()) {
      throw new ObjectFormatException(refusal(name, kernel));
    }
    references.put(name, new Reference.Absent(name));
  }

  private static String refusal(String name, @Nullable BtfType kernel) {
    return switch (kernel) {
      case BtfType.Function _ ->
          "the object calls the kernel's function "
              + name
              + " (a kfunc, __ksym), which is not supported";
      case BtfType.Variable _ ->
          "the object wants the address of the kernel's symbol "
              + name
              + " (__ksym), which is not supported";
      case null, default ->
          "the object refers to "
              + name
              + ", which it does not define: define it, or link the object that does"
              + " (bpftool gen object)";
    };
  }

  private static Map<String, BtfType> members(@Nullable Btf btf, String section) {
    Map<String, BtfType> members = new HashMap<>();
    int id = btf == null ? 0 : btf.find(section, BtfType.DataSection.class).orElse(0);
    if (id != 0 && btf != null && btf.type(id) instanceof BtfType.DataSection data) {
      for (BtfType.Placed placed : data.variables()) {
        BtfType type = btf.type(placed.variable());
        members.put(type.name(), type);
      }
    }
    return members;
  }
}
