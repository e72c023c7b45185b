package dev.whistler.bpf.btf;

import static dev.whistler.bpf.btf.KernelDialect.ENUM64;
import static dev.whistler.bpf.btf.KernelDialect.FUNC;
import static dev.whistler.bpf.btf.KernelDialect.FUNC_PROTO;
import static dev.whistler.bpf.btf.KernelDialect.HEAD_BYTES;
import static dev.whistler.bpf.btf.KernelDialect.STRUCT;
import static dev.whistler.bpf.btf.KernelDialect.UNION;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A kernel's type information, as much of it as decides how programs are compiled: what has a name
 * and a layout, and what functions take. Left out are variables, tags, the names of an
 * enumeration's values, and what pointers to functions point to. The same type information always
 * gives the same bytes.
 *
 * @param types BTF of all named structures, unions and typedefs with what they need, and of the
 *     functions that tell what tracepoints and LSM hooks hand to programs
 * @param functions BTF of all other functions, split: its type ids and string offsets continue
 *     those of {@code types}
 */
public record ReducedBtf(byte[] types, byte[] functions) {
  private static final int ARRAY = 3;
  private static final int ENUM = 6;
  private static final int TYPEDEF = 8;
  private static final int FULL_HEADER_BYTES = 24;

  /** One function for each tracepoint and each hook; few, and the most asked for. */
  private static final List<byte[]> HOOKS =
      Stream.of("__traceiter_", "bpf_lsm_").map(it -> it.getBytes(StandardCharsets.UTF_8)).toList();

  /**
   * Reduces.
   *
   * @throws BtfException if it is damaged
   */
  public static ReducedBtf of(Btf btf) {
    Reduction reduction = new Reduction(btf);
    byte[] types = reduction.part(reduction::isNamedType);
    byte[] functions = reduction.part(id -> reduction.kind(id) == FUNC);
    return new ReducedBtf(types, functions);
  }

  /** Ids and strings of the parts that are written already, and the means to write another. */
  private static final class Reduction {
    private final Btf btf;
    private final ByteBuffer bytes;

    /** The new id of each type that has one. */
    private final int[] ids;

    private int nextId = 1;

    /** The new offset of each string that has one, by its old. */
    private final int[] strings;

    private int nextString = 1;

    Reduction(Btf btf) {
      this.btf = btf;
      this.bytes = ByteBuffer.wrap(btf.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      this.ids = new int[btf.typeCount()];
      this.strings = new int[btf.stringBytes()];
    }

    int kind(int id) {
      return info(id) >>> 24 & 0x1f;
    }

    private int info(int id) {
      return bytes.getInt(btf.recordOffset(id) + 4);
    }

    private int count(int id) {
      return info(id) & 0xffff;
    }

    boolean isNamedType(int id) {
      boolean isNamed = bytes.getInt(btf.recordOffset(id)) != 0;
      return switch (kind(id)) {
        case STRUCT, UNION, TYPEDEF -> isNamed;
        case FUNC -> HOOKS.stream().anyMatch(hook -> nameBegins(id, hook));
        default -> false;
      };
    }

    private boolean nameBegins(int id, byte[] prefix) {
      return btf.stringBegins(bytes.getInt(btf.recordOffset(id)), prefix);
    }

    /** What was not written before of the types that are roots, and of what they need. */
    byte[] part(IntPredicate isRoot) {
      BitSet chosen = reachable(isRoot);
      chosen.stream().forEach(id -> ids[id] = nextId++);
      ByteArrayOutputStream types = new ByteArrayOutputStream(1 << 20);
      ByteArrayOutputStream text = new ByteArrayOutputStream(1 << 20);
      if (nextString == 1) {
        // Offset 0 is the empty string, in the first part only.
        text.write(0);
      }
      chosen.stream().forEach(id -> types.writeBytes(record(id, text)));
      byte[] header =
          ByteBuffer.allocate(FULL_HEADER_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putShort((short) Btf.MAGIC)
              .put((byte) 1)
              .put((byte) 0)
              .putInt(FULL_HEADER_BYTES)
              .putInt(0)
              .putInt(types.size())
              .putInt(types.size())
              .putInt(text.size())
              .array();
      ByteArrayOutputStream whole =
          new ByteArrayOutputStream(header.length + types.size() + text.size());
      whole.writeBytes(header);
      whole.writeBytes(types.toByteArray());
      whole.writeBytes(text.toByteArray());
      return whole.toByteArray();
    }

    private BitSet reachable(IntPredicate isRoot) {
      BitSet chosen = new BitSet(ids.length);
      Deque<Integer> next = new ArrayDeque<>();
      IntStream.range(1, ids.length)
          .filter(id -> ids[id] == 0 && isRoot.test(id))
          .forEach(
              id -> {
                chosen.set(id);
                next.add(id);
              });
      while (!next.isEmpty()) {
        int id = next.remove();
        references(id)
            .map(at -> bytes.getInt(btf.recordOffset(id) + at))
            .filter(target -> isKept(id, target) && ids[target] == 0 && !chosen.get(target))
            .forEach(
                target -> {
                  chosen.set(target);
                  next.add(target);
                });
      }
      return chosen;
    }

    /** Nobody asks what a pointer to a function points to; such prototypes are a third of all. */
    private boolean isKept(int from, int target) {
      return target != 0 && (kind(target) != FUNC_PROTO || kind(from) == FUNC);
    }

    /** Where in a record ids of other types are. */
    private IntStream references(int id) {
      int count = count(id);
      return switch (kind(id)) {
        case 2, 8, 9, 10, 11, FUNC, 18 -> IntStream.of(8);
        case ARRAY -> IntStream.of(HEAD_BYTES, HEAD_BYTES + 4);
        case STRUCT, UNION -> IntStream.range(0, count).map(i -> HEAD_BYTES + 12 * i + 4);
        case FUNC_PROTO ->
            IntStream.concat(
                IntStream.of(8), IntStream.range(0, count).map(i -> HEAD_BYTES + 8 * i + 4));
        default -> IntStream.empty();
      };
    }

    /** Where in a record offsets of strings are, that of its own name apart. */
    private IntStream innerNames(int id) {
      int count = count(id);
      return switch (kind(id)) {
        case STRUCT, UNION -> IntStream.range(0, count).map(i -> HEAD_BYTES + 12 * i);
        case FUNC_PROTO -> IntStream.range(0, count).map(i -> HEAD_BYTES + 8 * i);
        default -> IntStream.empty();
      };
    }

    private byte[] record(int id, ByteArrayOutputStream text) {
      int start = btf.recordOffset(id);
      int kind = kind(id);
      boolean isEnumeration = kind == ENUM || kind == ENUM64;
      byte[] record =
          Arrays.copyOfRange(
              btf.bytes(), start, isEnumeration ? start + HEAD_BYTES : btf.recordEnd(id));
      ByteBuffer out = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
      if (isEnumeration) {
        out.putInt(4, out.getInt(4) & ~0xffff);
      }
      IntStream.concat(IntStream.of(0), innerNames(id))
          .forEach(at -> out.putInt(at, string(out.getInt(at), text)));
      references(id)
          .forEach(
              at -> {
                int target = out.getInt(at);
                out.putInt(at, isKept(id, target) ? ids[target] : 0);
              });
      return record;
    }

    private int string(int old, ByteArrayOutputStream text) {
      if (old == 0) {
        return 0;
      }
      if (old < 0 || old >= strings.length || strings[old] == 0) {
        byte[] name = btf.stringAt(old);
        strings[old] = nextString;
        nextString += name.length + 1;
        text.writeBytes(name);
        text.write(0);
      }
      return strings[old];
    }
  }
}
