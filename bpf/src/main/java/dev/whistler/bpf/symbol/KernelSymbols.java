package dev.whistler.bpf.symbol;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of the kernel and its modules at one moment. Lines are kept as bytes and taken apart
 * when asked for; names are indexed at the first search by name. Safe for use by many threads.
 */
public final class KernelSymbols {
  private static final Path SOURCE = Path.of("/proc/kallsyms");

  /** Bytes read at most: a kernel with everything built in has some 20 MB of lines. */
  static final int MAXIMUM_BYTES = 256 << 20;

  /** No function is as long: what lies further behind a symbol belongs to nothing. */
  private static final long MAXIMUM_OFFSET = 1 << 20;

  private static final String HIDDEN =
      "The kernel shows no addresses to this process; run it with CAP_SYSLOG and"
          + " /proc/sys/kernel/kptr_restrict at 0 or 1.";

  private static @Nullable KernelSymbols running;

  private final byte[] text;

  /** Where each line begins, by address and then by place in the file. */
  private final int[] lines;

  private final long[] addresses;
  private final boolean hidden;
  private volatile int[] index = {};

  private KernelSymbols(byte[] text) {
    this.text = text;
    int[] starts = lineStarts(text);
    long[] unsorted = new long[starts.length];
    long any = 0;
    boolean sorted = true;
    for (int i = 0; i < starts.length; i++) {
      unsorted[i] = address(starts[i], i + 1);
      any |= unsorted[i];
      sorted &= i == 0 || Long.compareUnsigned(unsorted[i - 1], unsorted[i]) <= 0;
    }
    this.hidden = starts.length > 0 && any == 0;
    int[] order = sorted ? identity(starts.length) : byAddress(unsorted);
    this.lines = new int[order.length];
    this.addresses = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      lines[i] = starts[order[i]];
      addresses[i] = unsorted[order[i]];
    }
  }

  /**
   * The symbols of the running kernel, read at the first call and kept. Modules loaded later are
   * not among them: see {@link #read()}.
   *
   * @throws UnsupportedException if the kernel tells none
   */
  public static synchronized KernelSymbols running() {
    KernelSymbols symbols = running;
    if (symbols == null) {
      symbols = read();
      running = symbols;
    }
    return symbols;
  }

  /**
   * The symbols as they are now.
   *
   * @throws UnsupportedException if the kernel tells none
   */
  public static KernelSymbols read() {
    try (InputStream source = Files.newInputStream(SOURCE)) {
      byte[] text = source.readNBytes(MAXIMUM_BYTES + 1);
      if (text.length > MAXIMUM_BYTES) {
        throw new BpfException(SOURCE + " is larger than 256 MiB");
      }
      return new KernelSymbols(text);
    } catch (IOException e) {
      throw new UnsupportedException(
          SOURCE + " cannot be read: the kernel is built without CONFIG_KALLSYMS", e);
    }
  }

  /**
   * Takes a table apart.
   *
   * @param text lines of address, type, name and perhaps a module in brackets; not copied
   * @throws BpfException if a line is something else; the message gives its number
   */
  public static KernelSymbols parse(byte[] text) {
    return new KernelSymbols(text);
  }

  /** How many symbols there are. */
  public int size() {
    return lines.length;
  }

  /** The symbols at or before an address; none if the last one is more than 1 MiB before it. */
  public SymbolAnswer at(long address) {
    if (hidden) {
      return new SymbolAnswer.Hidden(HIDDEN);
    }
    int end = firstAbove(address);
    if (end == 0 || address - addresses[end - 1] >= MAXIMUM_OFFSET) {
      return new SymbolAnswer.Absent();
    }
    int start = end - 1;
    while (start > 0 && addresses[start - 1] == addresses[end - 1]) {
      start--;
    }
    List<KernelSymbol> found = new ArrayList<>();
    for (int i = start; i < end; i++) {
      found.add(symbol(i));
    }
    return new SymbolAnswer.Found(found);
  }

  /** The symbols of a name. */
  public SymbolAnswer named(String name) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    int[] table = index();
    int mask = table.length - 1;
    List<KernelSymbol> found = new ArrayList<>();
    for (int slot = hash(wanted, 0, wanted.length) & mask;
        table[slot] != 0;
        slot = slot + 1 & mask) {
      int number = table[slot] - 1;
      int start = lines[number] + nameOffset(lines[number]);
      if (Arrays.equals(text, start, nameEnd(start), wanted, 0, wanted.length)) {
        found.add(symbol(number));
      }
    }
    if (found.isEmpty()) {
      return new SymbolAnswer.Absent();
    }
    return hidden ? new SymbolAnswer.Hidden(HIDDEN) : new SymbolAnswer.Found(found);
  }

  /**
   * An address for people: {@code do_exit+0x1c}, by the first symbol at the place that other files
   * see, else the first; the number itself where there is none.
   */
  public String describe(long address) {
    if (at(address) instanceof SymbolAnswer.Found found) {
      List<KernelSymbol> symbols = found.symbols();
      KernelSymbol symbol =
          symbols.stream()
              .filter(s -> Character.isUpperCase(s.type()))
              .findFirst()
              .orElse(symbols.getFirst());
      return symbol.plus(address - symbol.address());
    }
    return "0x" + Long.toHexString(address);
  }

  private KernelSymbol symbol(int number) {
    int line = lines[number];
    int start = line + nameOffset(line);
    int end = nameEnd(start);
    String name = new String(text, start, end - start, StandardCharsets.UTF_8);
    return new KernelSymbol(name, (char) text[start - 2], addresses[number], module(end));
  }

  /** The word in brackets behind a name. */
  private @Nullable String module(int nameEnd) {
    int start = nameEnd;
    while (start < text.length && (text[start] == '\t' || text[start] == ' ')) {
      start++;
    }
    if (start >= text.length || text[start] != '[') {
      return null;
    }
    int end = start + 1;
    while (end < text.length && text[end] != ']' && text[end] != '\n') {
      end++;
    }
    return new String(text, start + 1, end - start - 1, StandardCharsets.UTF_8);
  }

  /** From the begin of a line: digits, a space, the type, a space. */
  private int nameOffset(int line) {
    int at = line;
    while (text[at] != ' ') {
      at++;
    }
    return at - line + 3;
  }

  private int nameEnd(int start) {
    int end = start;
    while (end < text.length && (text[end] > ' ' || text[end] < 0)) {
      end++;
    }
    return end;
  }

  private static int[] lineStarts(byte[] text) {
    int[] starts = new int[Math.max(16, text.length / 40)];
    int count = 0;
    int at = 0;
    while (at < text.length) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count++] = at;
      while (at < text.length && text[at] != '\n') {
        at++;
      }
      at++;
    }
    return Arrays.copyOf(starts, count);
  }

  private long address(int line, int number) {
    long address = 0;
    int at = line;
    while (at < text.length && at - line < 16 && Character.digit(text[at], 16) >= 0) {
      address = address << 4 | Character.digit(text[at], 16);
      at++;
    }
    boolean whole =
        at > line
            && at + 3 < text.length
            && text[at] == ' '
            && text[at + 1] > ' '
            && text[at + 2] == ' '
            && nameEnd(at + 3) > at + 3;
    if (!whole) {
      throw new BpfException("line " + number + " of the kernel's symbols is damaged");
    }
    return address;
  }

  private int firstAbove(long address) {
    int low = 0;
    int high = addresses.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(addresses[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int[] identity(int count) {
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    return order;
  }

  private static int[] byAddress(long[] addresses) {
    Integer[] order = new Integer[addresses.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Long.compareUnsigned(addresses[a], addresses[b]));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  /** Open addressing over numbers from 1 by the hash of the name; built once, perhaps twice. */
  private int[] index() {
    int[] table = index;
    if (table.length == 0) {
      table = new int[Integer.highestOneBit(Math.max(8, lines.length)) * 4];
      for (int i = 0; i < lines.length; i++) {
        int start = lines[i] + nameOffset(lines[i]);
        int slot = hash(text, start, nameEnd(start)) & table.length - 1;
        while (table[slot] != 0) {
          slot = slot + 1 & table.length - 1;
        }
        table[slot] = i + 1;
      }
      index = table;
    }
    return table;
  }

  private static int hash(byte[] bytes, int start, int end) {
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + bytes[i];
    }
    return hash ^ hash >>> 15;
  }
}
