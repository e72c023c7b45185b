package dev.whistler.compiler.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The types of a kernel's BTF (include/uapi/linux/btf.h), possibly with a split part on top.
 *
 * <p>One pass notes where each type starts; names are found through a hash table of type ids, so
 * that memory stays at a few bytes a type. The bytes may come from a hostile node: every access is
 * checked, and what no kernel produces is a {@link MalformedKernelException}. Immutable.
 */
final class BtfTypes {
  static final int KIND_INT = 1;
  static final int KIND_PTR = 2;
  static final int KIND_ARRAY = 3;
  static final int KIND_STRUCT = 4;
  static final int KIND_UNION = 5;
  static final int KIND_ENUM = 6;
  static final int KIND_TYPEDEF = 8;
  static final int KIND_VOLATILE = 9;
  static final int KIND_CONST = 10;
  static final int KIND_RESTRICT = 11;
  static final int KIND_FUNC = 12;
  static final int KIND_FUNC_PROTO = 13;
  static final int KIND_FLOAT = 16;
  static final int KIND_TYPE_TAG = 18;
  static final int KIND_ENUM64 = 19;

  /** Bytes of kernel BTF (section 22). */
  static final int MAX_BYTES = 64 << 20;

  /** The kernel has a type of such a name for each tracepoint (include/trace/bpf_probe.h). */
  private static final String TRACEPOINT_PREFIX = "btf_trace_";

  private static final int MAGIC = 0xeB9F;
  private static final int MAX_NAME = 512;

  /** Collisions of one name; kernels stay far below. */
  private static final int MAX_PROBES = 512;

  /** Chains of typedefs and qualifiers are at most this long. */
  private static final int MAX_CHAIN = 64;

  private final Part base;
  private final @Nullable Part split;
  private final int[] starts;
  private final int[] names;
  private final boolean hasFunctions;
  private final boolean hasTracepoints;

  /** The type and string sections of one blob. */
  private record Part(
      byte[] data, ByteBuffer bytes, int typeStart, int typeEnd, int stringStart, int strings) {}

  /** Start offsets by type id; grows. */
  private static final class Starts {
    private int[] offsets = new int[1024];
    private int count = 1; // id 0 is void

    void add(int offset) {
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      offsets[count++] = offset;
    }

    int[] toArray() {
      return Arrays.copyOf(offsets, count);
    }
  }

  /** Marks offsets into the split part. */
  private static final int SPLIT = 1 << 31;

  private BtfTypes(Part base, @Nullable Part split) {
    this.base = base;
    this.split = split;
    Starts found = new Starts();
    index(base, 0, found);
    if (split != null) {
      index(split, SPLIT, found);
    }
    this.starts = found.toArray();
    this.names = hashNames();
    this.hasFunctions = named(id -> kind(id) == KIND_FUNC).findAny().isPresent();
    this.hasTracepoints = named(this::isTracepoint).findAny().isPresent();
  }

  /**
   * Reads BTF.
   *
   * @param base the kernel's BTF
   * @param split BTF whose type ids and string offsets continue those of {@code base}, or null
   */
  static BtfTypes parse(byte[] base, byte @Nullable [] split) {
    return new BtfTypes(part(base), split == null ? null : part(split));
  }

  /** Bytes of what was made of the BTF. */
  long indexBytes() {
    return 4L * (starts.length + names.length);
  }

  private static Part part(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw malformed("is larger than " + MAX_BYTES + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 24 || Short.toUnsignedInt(in.getShort(0)) != MAGIC || in.get(2) != 1) {
      throw malformed("does not begin with a BTF header");
    }
    long header = Integer.toUnsignedLong(in.getInt(4));
    long typeStart = header + Integer.toUnsignedLong(in.getInt(8));
    long typeEnd = typeStart + Integer.toUnsignedLong(in.getInt(12));
    long stringStart = header + Integer.toUnsignedLong(in.getInt(16));
    long strings = Integer.toUnsignedLong(in.getInt(20));
    if (header < 24 || typeEnd > bytes.length || stringStart + strings > bytes.length) {
      throw malformed("has sections that reach beyond its end");
    }
    return new Part(bytes, in, (int) typeStart, (int) typeEnd, (int) stringStart, (int) strings);
  }

  private static void index(Part part, int flag, Starts into) {
    int at = part.typeStart();
    while (at < part.typeEnd()) {
      if (part.typeEnd() - at < 12) {
        throw malformed("ends within a type");
      }
      int info = part.bytes().getInt(at + 4);
      long length = 12 + tail(info >>> 24 & 0x1f, info & 0xffff);
      if (length > part.typeEnd() - at) {
        throw malformed("ends within a type");
      }
      into.add(at | flag);
      at += (int) length;
    }
  }

  private static long tail(int kind, int members) {
    return switch (kind) {
      case KIND_INT -> 4;
      case KIND_ARRAY -> 12;
      case KIND_STRUCT, KIND_UNION, KIND_ENUM64 -> 12L * members;
      case KIND_ENUM, KIND_FUNC_PROTO -> 8L * members;
      case 14, 17 -> 4; // VAR, DECL_TAG
      case 15 -> 12L * members; // DATASEC
      case KIND_PTR, 7, KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT, KIND_FUNC -> 0;
      case KIND_FLOAT, KIND_TYPE_TAG -> 0;
      default -> throw malformed("has a type of the unknown kind " + kind);
    };
  }

  // -- Names ---------------------------------------------------------------------------------

  private int[] hashNames() {
    int named = 0;
    for (int id = 1; id < starts.length; id++) {
      if (isFindable(id)) {
        named++;
      }
    }
    int[] table = new int[Math.max(16, Integer.highestOneBit(Math.max(1, named)) * 4)];
    for (int id = 1; id < starts.length; id++) {
      if (isFindable(id)) {
        insert(table, id);
      }
    }
    return table;
  }

  private void insert(int[] table, int id) {
    int slot = hash(id) & table.length - 1;
    // Equal hashes are bounded so that crafted names cannot make this quadratic.
    for (int probes = 0; probes < MAX_PROBES; probes++) {
      if (table[slot] == 0) {
        table[slot] = id;
        return;
      }
      slot = slot + 1 & table.length - 1;
    }
    throw malformed("has thousands of types whose names collide");
  }

  private boolean isFindable(int id) {
    int kind = kind(id);
    return nameOffset(id) != 0
        && (kind == KIND_STRUCT || kind == KIND_UNION || kind == KIND_FUNC || kind == KIND_TYPEDEF);
  }

  private int hash(int id) {
    int offset = nameOffset(id);
    stringByte(offset); // checks the offset
    Part part = partOfString(offset);
    int at = part.stringStart() + offset - (part == base ? 0 : base.strings());
    int end = Math.min(at + MAX_NAME, part.stringStart() + part.strings());
    byte[] data = part.data();
    int hash = 0;
    while (at < end && data[at] != 0) {
      hash = mix(hash, data[at++] & 0xff);
    }
    return spread(hash);
  }

  private static int mix(int hash, int c) {
    return (hash ^ c) * 0x01000193;
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 15;
  }

  /** The first type of that name and kind; 0 when there is none. */
  int find(String name, int kind) {
    List<Integer> all = findAll(name, kind, kind);
    return all.isEmpty() ? 0 : all.getFirst();
  }

  /** All types of that name whose kind is one of two, in the order of their ids. */
  List<Integer> findAll(String name, int kind, int otherKind) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int hash = 0;
    for (byte b : bytes) {
      hash = mix(hash, b & 0xff);
    }
    List<Integer> all = new ArrayList<>();
    int slot = spread(hash) & names.length - 1;
    while (names[slot] != 0) {
      int id = names[slot];
      int found = kind(id);
      if ((found == kind || found == otherKind) && nameEquals(id, bytes)) {
        all.add(id);
      }
      slot = slot + 1 & names.length - 1;
    }
    all.sort(null);
    return all;
  }

  private boolean nameEquals(int id, byte[] name) {
    int offset = nameOffset(id);
    for (int i = 0; i < name.length; i++) {
      if (stringByte(offset + i) != (name[i] & 0xff)) {
        return false;
      }
    }
    return stringByte(offset + name.length) == 0;
  }

  /** Names of all structs and unions, with repetition; made one by one. */
  Iterable<String> structNames() {
    return () ->
        named(id -> kind(id) == KIND_STRUCT || kind(id) == KIND_UNION)
            .mapToObj(this::name)
            .iterator();
  }

  /** Names of all functions, with repetition; made one by one. */
  Iterable<String> functionNames() {
    return () -> named(id -> kind(id) == KIND_FUNC).mapToObj(this::name).iterator();
  }

  /** Names of all tracepoints that programs can be attached to; made one by one. */
  Iterable<String> tracepointNames() {
    return () ->
        named(this::isTracepoint)
            .mapToObj(id -> name(id).substring(TRACEPOINT_PREFIX.length()))
            .iterator();
  }

  private IntStream named(IntPredicate which) {
    return IntStream.range(1, starts.length).filter(id -> nameOffset(id) != 0 && which.test(id));
  }

  private boolean isTracepoint(int id) {
    if (kind(id) != KIND_TYPEDEF) {
      return false;
    }
    // Compared in place: this is asked of every type.
    int offset = nameOffset(id);
    for (int i = 0; i < TRACEPOINT_PREFIX.length(); i++) {
      if (stringByte(offset + i) != TRACEPOINT_PREFIX.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  boolean hasFunctions() {
    return hasFunctions;
  }

  boolean hasFunction(String name) {
    return find(name, KIND_FUNC) != 0;
  }

  boolean hasTracepoints() {
    return hasTracepoints;
  }

  boolean hasTracepoint(String event) {
    return find(TRACEPOINT_PREFIX + event, KIND_TYPEDEF) != 0;
  }

  // -- Types ---------------------------------------------------------------------------------

  private Part partOf(int id) {
    return starts[id] < 0 && split != null ? split : base;
  }

  private int word(int id, int offset) {
    if (id <= 0 || id >= starts.length) {
      throw malformed("refers to a type that does not exist");
    }
    return partOf(id).bytes().getInt((starts[id] & ~SPLIT) + offset);
  }

  int kind(int id) {
    return word(id, 4) >>> 24 & 0x1f;
  }

  /** Members, parameters or values. */
  int length(int id) {
    return word(id, 4) & 0xffff;
  }

  /** For structs: bit-fields are packed into offsets; for enums: signed. */
  boolean kindFlag(int id) {
    return word(id, 4) < 0;
  }

  /** The size of a type that has one, or the id of the type it refers to. */
  int sizeOrType(int id) {
    return word(id, 8);
  }

  /** A word behind the common part. */
  int extra(int id, int index) {
    return word(id, 12 + 4 * index);
  }

  private int nameOffset(int id) {
    return word(id, 0);
  }

  /** The name of a type; empty for anonymous ones. */
  String name(int id) {
    return string(nameOffset(id));
  }

  /** A string of the string section. */
  String string(int offset) {
    byte[] bytes = new byte[MAX_NAME];
    int n = 0;
    for (int c; n < MAX_NAME && (c = stringByte(offset + n)) != 0; n++) {
      bytes[n] = (byte) c;
    }
    return new String(bytes, 0, n, StandardCharsets.UTF_8);
  }

  private Part partOfString(int offset) {
    return split != null && offset >= base.strings() ? split : base;
  }

  private int stringByte(int offset) {
    Part part = partOfString(offset);
    int at = part == base ? offset : offset - base.strings();
    if (at < 0 || at >= part.strings()) {
      throw malformed("refers to a string beyond its end");
    }
    return part.data()[part.stringStart() + at] & 0xff;
  }

  /** A member of a struct or union. */
  record Member(int name, int type, int bitOffset, int bitFieldSize) {}

  /** Member number {@code index}; bit offsets and sizes are not negative. */
  Member member(int id, int index) {
    int offset = extra(id, 3 * index + 2);
    boolean packed = kindFlag(id);
    return new Member(
        extra(id, 3 * index),
        extra(id, 3 * index + 1),
        packed ? offset & 0xffffff : offset,
        packed ? offset >>> 24 : 0);
  }

  /** The type behind typedefs and qualifiers; 0 for void. */
  int resolve(int id) {
    int type = id;
    for (int steps = 0; steps < MAX_CHAIN; steps++) {
      if (type == 0) {
        return 0;
      }
      switch (kind(type)) {
        case KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT, KIND_TYPE_TAG ->
            type = sizeOrType(type);
        default -> {
          return type;
        }
      }
    }
    throw malformed("has a chain of typedefs without an end");
  }

  /** The name of the outermost typedef, or empty. */
  String typedefName(int id) {
    int type = id;
    for (int steps = 0; steps < MAX_CHAIN && type != 0; steps++) {
      switch (kind(type)) {
        case KIND_TYPEDEF -> {
          return name(type);
        }
        case KIND_VOLATILE, KIND_CONST, KIND_RESTRICT, KIND_TYPE_TAG -> type = sizeOrType(type);
        default -> {
          return "";
        }
      }
    }
    return "";
  }

  /** The name of a struct or union, or of the typedef that names an anonymous one; else empty. */
  Optional<String> structName(int id) {
    int resolved = resolve(id);
    if (resolved == 0 || (kind(resolved) != KIND_STRUCT && kind(resolved) != KIND_UNION)) {
      return Optional.empty();
    }
    String name = name(resolved);
    return Optional.of(name.isEmpty() ? typedefName(id) : name);
  }

  static MalformedKernelException malformed(String what) {
    return new MalformedKernelException("the kernel's type information " + what);
  }
}
