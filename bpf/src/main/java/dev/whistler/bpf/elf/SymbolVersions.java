package dev.whistler.bpf.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a library's dynamic symbols, as {@code GLIBC_2.2.5} (Linux Standard Base, symbol
 * versioning). Damaged tables are as good as none for what they damage.
 */
public final class SymbolVersions {
  private static final int SHT_GNU_VERDEF = 0x6ffffffd;
  private static final int SHT_GNU_VERSYM = 0x6fffffff;
  private static final int DEFINITION_BYTES = 20;

  /** Set where another version is the one that a name alone means. */
  private static final int HIDDEN = 0x8000;

  /** Indices below say that a symbol is local, or global without a version. */
  private static final int FIRST_VERSION = 2;

  private final ByteBuffer indices;
  private final Map<Integer, String> names;

  private SymbolVersions(ByteBuffer indices, Map<Integer, String> names) {
    this.indices = indices;
    this.names = names;
  }

  /** Those of a file; of a file without versions none. */
  public static SymbolVersions of(ElfFile file) {
    ByteBuffer indices = ByteBuffer.allocate(0);
    Map<Integer, String> names = new HashMap<>();
    for (ElfSection section : file.sections()) {
      if (section.type() == SHT_GNU_VERSYM) {
        indices = contents(file, section);
      } else if (section.type() == SHT_GNU_VERDEF
          && section.link() > 0
          && section.link() < file.sections().size()) {
        define(contents(file, section), file.bytes(file.sections().get(section.link())), names);
      }
    }
    return new SymbolVersions(indices, names);
  }

  private static ByteBuffer contents(ElfFile file, ElfSection section) {
    return ByteBuffer.wrap(file.bytes(section)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Walks a list whose elements say where the next one is; each step goes forward. */
  private static void define(ByteBuffer list, byte[] texts, Map<Integer, String> names) {
    int at = 0;
    while (at >= 0 && at <= list.limit() - DEFINITION_BYTES) {
      int index = Short.toUnsignedInt(list.getShort(at + 4));
      int name = at + list.getInt(at + 12);
      if (name > at && name <= list.limit() - 8) {
        names.put(index, text(texts, list.getInt(name)));
      }
      int step = list.getInt(at + 16);
      if (step <= 0) {
        return;
      }
      at += step;
    }
  }

  private static String text(byte[] texts, int start) {
    int end = Math.max(start, 0);
    while (end < texts.length && texts[end] != 0) {
      end++;
    }
    return start < 0 || start >= texts.length
        ? ""
        : new String(texts, start, end - start, StandardCharsets.UTF_8);
  }

  private int index(int symbol) {
    return symbol < 0 || symbol >= indices.limit() / 2
        ? 0
        : Short.toUnsignedInt(indices.getShort(2 * symbol));
  }

  /**
   * The version that a symbol belongs to.
   *
   * @param symbol its position in {@link ElfFile#dynamicSymbols()}
   * @return null for one without a version
   */
  public @Nullable String name(int symbol) {
    int index = index(symbol) & ~HIDDEN;
    return index < FIRST_VERSION ? null : names.get(index);
  }

  /** Whether the symbol is what programs linked today get by its name alone. */
  public boolean isDefault(int symbol) {
    return (index(symbol) & HIDDEN) == 0;
  }
}
