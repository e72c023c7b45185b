package dev.whistler.bpf.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Type information. Opening checks the frame and finds where each type begins; types are decoded
 * when asked for, and names are indexed at the first search. Safe for use by many threads.
 */
public final class Btf {
  /** Largest type information accepted: the limit that the kernel itself has is 16 MiB. */
  public static final int MAXIMUM_BYTES = 64 << 20;

  static final int MAGIC = 0xeb9f;
  private static final int HEADER_BYTES = 24;
  private static final int MAXIMUM_NAME_BYTES = 4096;
  private static final int MAXIMUM_DEPTH = 64;

  private final ByteBuffer bytes;
  private final int typesStart;
  private final int stringsStart;
  private final int stringsSize;
  private final int[] offsets;
  private volatile int[] index = {};
  private volatile int @Nullable [] flavoured;

  private Btf(ByteBuffer bytes) {
    this.bytes = bytes;
    if (bytes.limit() < HEADER_BYTES || Short.toUnsignedInt(bytes.getShort(0)) != MAGIC) {
      throw new BtfException("this is no little-endian BTF");
    }
    long header = Integer.toUnsignedLong(bytes.getInt(4));
    long types = header + Integer.toUnsignedLong(bytes.getInt(8));
    long typesSize = Integer.toUnsignedLong(bytes.getInt(12));
    long strings = header + Integer.toUnsignedLong(bytes.getInt(16));
    long stringBytes = Integer.toUnsignedLong(bytes.getInt(20));
    if (header < HEADER_BYTES
        || types + typesSize > bytes.limit()
        || strings + stringBytes > bytes.limit()) {
      throw new BtfException("BTF is cut off");
    }
    this.typesStart = (int) types;
    this.stringsStart = (int) strings;
    this.stringsSize = (int) stringBytes;
    this.offsets = findTypes((int) (types + typesSize));
  }

  /**
   * Opens type information.
   *
   * @param bytes as in a {@code .BTF} section; not copied
   * @throws BtfException if it is damaged
   */
  public static Btf parse(byte[] bytes) {
    if (bytes.length > MAXIMUM_BYTES) {
      throw new BtfException("BTF of " + bytes.length + " bytes is larger than 64 MiB");
    }
    return new Btf(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** The number of type ids, void included: ids go from 0 to this, exclusive. */
  public int typeCount() {
    return offsets.length;
  }

  /**
   * The type of an id.
   *
   * @throws BtfException if there is no such type, or it is damaged
   */
  public BtfType type(int id) {
    if (id == 0) {
      return new BtfType.Void();
    }
    int at = recordOffset(id);
    int info = bytes.getInt(at + 4);
    int kind = kind(info);
    int count = info & 0xffff;
    boolean flag = info < 0;
    int size = bytes.getInt(at + 8);
    String name = string(bytes.getInt(at));
    return switch (kind) {
      case 1 -> {
        int encoding = bytes.getInt(at + 12) >>> 24;
        yield new BtfType.Int(name, size, (encoding & 1) != 0, (encoding & 4) != 0);
      }
      case 2 -> new BtfType.Pointer(size);
      case 3 ->
          new BtfType.Array(bytes.getInt(at + 12), bytes.getInt(at + 16), bytes.getInt(at + 20));
      case 4, 5 ->
          new BtfType.Composite(
              name, kind == 5, size, list(count, at + 12, 12, p -> member(p, flag)));
      case 6 ->
          new BtfType.Enumeration(
              name, size, flag, list(count, at + 12, 8, p -> enumerator(p, flag)));
      case 7 -> new BtfType.Forward(name, flag);
      case 8 -> new BtfType.Typedef(name, size);
      case 9 -> new BtfType.Qualifier(name, BtfType.Kind.VOLATILE, size);
      case 10 -> new BtfType.Qualifier(name, BtfType.Kind.CONST, size);
      case 11 -> new BtfType.Qualifier(name, BtfType.Kind.RESTRICT, size);
      case 18 -> new BtfType.Qualifier(name, BtfType.Kind.TYPE_TAG, size);
      case 12 -> new BtfType.Function(name, size, count);
      case 13 ->
          new BtfType.Prototype(
              size,
              list(
                  count,
                  at + 12,
                  8,
                  p -> new BtfType.Parameter(string(bytes.getInt(p)), bytes.getInt(p + 4))));
      case 14 -> new BtfType.Variable(name, size, bytes.getInt(at + 12));
      case 15 ->
          new BtfType.DataSection(
              name,
              size,
              list(
                  count,
                  at + 12,
                  12,
                  p ->
                      new BtfType.Placed(
                          bytes.getInt(p), bytes.getInt(p + 4), bytes.getInt(p + 8))));
      case 16 -> new BtfType.Float(name, size);
      case 17 -> new BtfType.DeclarationTag(name, size, bytes.getInt(at + 12));
      case 19 ->
          new BtfType.Enumeration(
              name,
              size,
              flag,
              list(
                  count,
                  at + 12,
                  12,
                  p ->
                      new BtfType.Enumerator(
                          string(bytes.getInt(p)),
                          Integer.toUnsignedLong(bytes.getInt(p + 4))
                              | (long) bytes.getInt(p + 8) << 32)));
      default -> throw new BtfException("type " + id + " has the unknown kind " + kind);
    };
  }

  /** A string of the string section. */
  public String string(int offset) {
    if (offset < 0 || offset >= stringsSize) {
      if (offset == 0) {
        return "";
      }
      throw new BtfException("string " + Integer.toUnsignedString(offset) + " lies outside of BTF");
    }
    int start = stringsStart + offset;
    int room = Math.min(stringsSize - offset, MAXIMUM_NAME_BYTES);
    int length = 0;
    while (length < room && bytes.get(start + length) != 0) {
      length++;
    }
    return new String(bytes.array(), start, length, StandardCharsets.UTF_8);
  }

  /** The bytes of a string of the string section. */
  byte[] stringAt(int offset) {
    if (offset < 0 || offset >= stringsSize) {
      throw new BtfException("string " + Integer.toUnsignedString(offset) + " lies outside of BTF");
    }
    int start = stringsStart + offset;
    return Arrays.copyOfRange(bytes.array(), start, nameEnd(start));
  }

  /** Whether a string of the string section begins so. */
  boolean stringBegins(int offset, byte[] prefix) {
    int start = stringsStart + offset;
    return offset > 0
        && offset < stringsSize
        && prefix.length <= stringsSize - offset
        && Arrays.equals(bytes.array(), start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** The bytes of all strings together. */
  int stringBytes() {
    return stringsSize;
  }

  /** The id of the first type of a name and class, as {@code find("vfs_read", Function.class)}. */
  public OptionalInt find(String name, Class<? extends BtfType> kind) {
    for (int id : findAll(name)) {
      if (kind.isInstance(type(id))) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  /** The ids of all types of a name, ascending. */
  public int[] findAll(String name) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    int[] table = index();
    int mask = table.length - 1;
    int[] found = new int[4];
    int count = 0;
    for (int slot = hash(wanted, 0, wanted.length) & mask;
        table[slot] != 0;
        slot = slot + 1 & mask) {
      if (hasName(table[slot], wanted)) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = table[slot];
      }
    }
    int[] ids = Arrays.copyOf(found, count);
    Arrays.sort(ids);
    return ids;
  }

  /** The ids of all types whose name has three underscores within, as {@code inode___old}. */
  public int[] flavoured() {
    int[] ids = flavoured;
    if (ids == null) {
      ids = IntStream.range(1, offsets.length).filter(this::isFlavoured).toArray();
      flavoured = ids;
    }
    return ids.clone();
  }

  private boolean isFlavoured(int id) {
    int name = bytes.getInt(offsets[id]);
    if (name <= 0 || name >= stringsSize) {
      return false;
    }
    int start = stringsStart + name;
    int end = nameEnd(start);
    int underscores = 0;
    for (int at = start; at < end; at++) {
      underscores = bytes.get(at) == '_' ? underscores + 1 : 0;
      if (underscores == 3 && at - start >= 3) {
        return true;
      }
    }
    return false;
  }

  /** The id without typedefs, qualifiers and tags around it. */
  public int resolve(int id) {
    int at = id;
    for (int depth = 0; depth < MAXIMUM_DEPTH; depth++) {
      switch (type(at)) {
        case BtfType.Typedef typedef -> at = typedef.target();
        case BtfType.Qualifier qualifier -> at = qualifier.target();
        default -> {
          return at;
        }
      }
    }
    throw new BtfException("type " + id + " is nested deeper than 64 levels");
  }

  /**
   * The size of a type.
   *
   * @return bytes
   * @throws BtfException if it has none, as void and functions
   */
  public long sizeOf(int id) {
    return sizeOf(id, 0);
  }

  private long sizeOf(int id, int depth) {
    if (depth > MAXIMUM_DEPTH) {
      throw new BtfException("type " + id + " is nested deeper than 64 levels");
    }
    return switch (type(resolve(id))) {
      case BtfType.Int type -> type.size();
      case BtfType.Float type -> type.size();
      case BtfType.Pointer ignored -> 8;
      case BtfType.Array type -> {
        long count = Integer.toUnsignedLong(type.count());
        long element = sizeOf(type.element(), depth + 1);
        if (Math.multiplyHigh(count, element) != 0 || count * element < 0) {
          throw new BtfException("type " + id + " is an array of an impossible size");
        }
        yield count * element;
      }
      case BtfType.Composite type -> Integer.toUnsignedLong(type.size());
      case BtfType.Enumeration type -> type.size();
      case BtfType.Variable type -> sizeOf(type.type(), depth + 1);
      default -> throw new BtfException("type " + id + " has no size");
    };
  }

  /** The bytes of the whole, as opened. */
  public byte[] bytes() {
    return bytes.array();
  }

  /** Where in {@link #bytes()} the type record of an id begins. */
  public int recordOffset(int id) {
    if (id <= 0 || id >= offsets.length) {
      throw new BtfException("there is no type " + Integer.toUnsignedString(id));
    }
    return offsets[id];
  }

  /** Where in {@link #bytes()} the type record of an id ends. */
  int recordEnd(int id) {
    int at = recordOffset(id);
    int info = bytes.getInt(at + 4);
    return at + 12 + extraBytes(kind(info), info & 0xffff);
  }

  private BtfType.Member member(int at, boolean bitFields) {
    int offset = bytes.getInt(at + 8);
    return new BtfType.Member(
        string(bytes.getInt(at)),
        bytes.getInt(at + 4),
        bitFields ? offset & 0xffffff : offset,
        bitFields ? offset >>> 24 : 0);
  }

  private BtfType.Enumerator enumerator(int at, boolean signed) {
    int value = bytes.getInt(at + 4);
    return new BtfType.Enumerator(
        string(bytes.getInt(at)), signed ? value : Integer.toUnsignedLong(value));
  }

  private static <T> List<T> list(int count, int start, int size, IntFunction<T> read) {
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(read.apply(start + i * size));
    }
    return list;
  }

  private int[] findTypes(int end) {
    int[] found = new int[Math.max(16, (end - typesStart) / 20)];
    int count = 1;
    int at = typesStart;
    while (at < end) {
      if (end - at < 12) {
        throw new BtfException("type " + count + " is cut off");
      }
      if (count == found.length) {
        found = Arrays.copyOf(found, count * 2);
      }
      found[count++] = at;
      int info = bytes.getInt(at + 4);
      long next = at + 12L + extraBytes(kind(info), info & 0xffff);
      if (next > end) {
        throw new BtfException("type " + (count - 1) + " is cut off");
      }
      at = (int) next;
    }
    return Arrays.copyOf(found, count);
  }

  private static int extraBytes(int kind, int count) {
    return switch (kind) {
      case 1, 14, 17 -> 4;
      case 3 -> 12;
      case 4, 5, 15, 19 -> count * 12;
      case 6, 13 -> count * 8;
      case 2, 7, 8, 9, 10, 11, 12, 16, 18 -> 0;
      default -> throw new BtfException("BTF has the unknown kind " + kind);
    };
  }

  private static int kind(int info) {
    return info >>> 24 & 0x1f;
  }

  /** Open addressing over type ids by the hash of the name; built once, perhaps by two threads. */
  private int[] index() {
    int[] table = index;
    if (table.length == 0) {
      int size = Integer.highestOneBit(Math.max(8, offsets.length)) * 4;
      table = new int[size];
      for (int id = 1; id < offsets.length; id++) {
        int name = bytes.getInt(offsets[id]);
        if (name > 0 && name < stringsSize) {
          int start = stringsStart + name;
          int slot = hash(bytes.array(), start, nameEnd(start) - start) & size - 1;
          while (table[slot] != 0) {
            slot = slot + 1 & size - 1;
          }
          table[slot] = id;
        }
      }
      index = table;
    }
    return table;
  }

  private int nameEnd(int start) {
    int limit = Math.min(stringsStart + stringsSize, start + MAXIMUM_NAME_BYTES);
    int end = start;
    while (end < limit && bytes.get(end) != 0) {
      end++;
    }
    return end;
  }

  private boolean hasName(int id, byte[] wanted) {
    int start = stringsStart + bytes.getInt(offsets[id]);
    int end = nameEnd(start);
    return Arrays.equals(bytes.array(), start, end, wanted, 0, wanted.length);
  }

  private static int hash(byte[] text, int start, int length) {
    int hash = 0;
    for (int i = start; i < start + length; i++) {
      hash = hash * 31 + text[i];
    }
    return hash ^ hash >>> 15;
  }
}
