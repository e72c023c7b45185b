package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The map commands of bpf(2). */
public final class MapCalls {
  private static final int ELEMENT_BYTES = 32;
  private static final int BATCH_BYTES = 56;

  private MapCalls() {}

  /**
   * BPF_MAP_CREATE.
   *
   * @param inner template of the inner maps of a map of maps
   * @param btf the types that describe key and value
   * @param numaNode node of the memory, 0 without the flag for it
   */
  public static Fd create(
      int type,
      String name,
      int keySize,
      int valueSize,
      int maxEntries,
      int flags,
      @Nullable Fd inner,
      @Nullable Fd btf,
      int btfKeyType,
      int btfValueType,
      long extra,
      int numaNode) {
    try (Attributes attributes = new Attributes(72)) {
      attributes
          .putInt(0, type)
          .putInt(4, keySize)
          .putInt(8, valueSize)
          .putInt(12, maxEntries)
          .putInt(16, flags)
          .putDescriptor(20, inner)
          .putInt(24, numaNode)
          .putName(28, name)
          .putDescriptor(48, btf)
          .putInt(52, btfKeyType)
          .putInt(56, btfValueType)
          .putLong(64, extra);
      return new Fd(attributes.call(Command.MAP_CREATE, "create map " + name));
    }
  }

  /**
   * BPF_MAP_LOOKUP_ELEM.
   *
   * @return whether the key was there and the value is filled
   */
  public static boolean lookup(Fd map, byte @Nullable [] key, byte[] value, long flags) {
    return read(Command.MAP_LOOKUP_ELEM, "look up a map entry", map, key, value, flags);
  }

  /** BPF_MAP_LOOKUP_ELEM of a bloom filter, which is asked for a value. */
  public static boolean contains(Fd map, byte[] value) {
    String action = "ask a bloom filter";
    ElementBuffer buffer = ElementBuffer.take(null, value.length, 0);
    MemorySegment.copy(value, 0, buffer.value, JAVA_BYTE, 0, value.length);
    return found(buffer.call(map, Command.MAP_LOOKUP_ELEM, action), action);
  }

  /** BPF_MAP_LOOKUP_AND_DELETE_ELEM; the key is null for queues and stacks. */
  public static boolean lookupAndDelete(Fd map, byte @Nullable [] key, byte[] value, long flags) {
    return read(Command.MAP_LOOKUP_AND_DELETE_ELEM, "take a map entry", map, key, value, flags);
  }

  private static boolean read(
      Command command, String action, Fd map, byte @Nullable [] key, byte[] value, long flags) {
    ElementBuffer buffer = ElementBuffer.take(key, value.length, flags);
    int result = buffer.call(map, command, action);
    if (result < 0) {
      if (-result == Errno.ENOENT.number()) {
        return false;
      }
      throw new SystemCallException(action, -result);
    }
    MemorySegment.copy(buffer.value, JAVA_BYTE, 0, value, 0, value.length);
    return true;
  }

  /**
   * BPF_MAP_UPDATE_ELEM.
   *
   * @return 0, or the error number
   */
  public static int update(Fd map, byte @Nullable [] key, byte[] value, long flags) {
    ElementBuffer buffer = ElementBuffer.take(key, value.length, flags);
    MemorySegment.copy(value, 0, buffer.value, JAVA_BYTE, 0, value.length);
    return -buffer.call(map, Command.MAP_UPDATE_ELEM, "update a map entry");
  }

  /**
   * BPF_MAP_UPDATE_ELEM of a map whose values are descriptors, of programs or maps.
   *
   * @return 0, or the error number
   */
  public static int update(Fd map, byte[] key, Fd value, long flags) {
    return value.call(
        number -> {
          ElementBuffer buffer = ElementBuffer.take(key, Integer.BYTES, flags);
          buffer.value.set(JAVA_INT, 0, number);
          return -buffer.call(map, Command.MAP_UPDATE_ELEM, "update a map entry");
        });
  }

  /**
   * BPF_MAP_DELETE_ELEM.
   *
   * @return whether the key was there
   */
  public static boolean delete(Fd map, byte[] key) {
    ElementBuffer buffer = ElementBuffer.take(key, 0, 0);
    return found(
        buffer.call(map, Command.MAP_DELETE_ELEM, "delete a map entry"), "delete a map entry");
  }

  /**
   * BPF_MAP_GET_NEXT_KEY.
   *
   * @param key where to go on, or null for the first key
   * @return whether there is a next key, now in {@code next}
   */
  public static boolean nextKey(Fd map, byte @Nullable [] key, byte[] next) {
    String action = "walk through a map";
    ElementBuffer buffer = ElementBuffer.take(key, next.length, 0);
    if (!found(buffer.call(map, Command.MAP_GET_NEXT_KEY, action), action)) {
      return false;
    }
    MemorySegment.copy(buffer.value, JAVA_BYTE, 0, next, 0, next.length);
    return true;
  }

  /** BPF_MAP_FREEZE: no more writes from user space. */
  public static void freeze(Fd map) {
    try (Attributes attributes = new Attributes(8)) {
      attributes.putDescriptor(0, map).call(Command.MAP_FREEZE, "freeze a map");
    }
  }

  /** The result of one batch command: entries moved, and the errno or 0. */
  public record Batch(int count, int errno) {}

  /**
   * BPF_MAP_LOOKUP_BATCH.
   *
   * @param position in and out: where to go on; opaque, at least key size and 4 bytes
   * @param first whether this is the first call of a walk (the position is then only written)
   * @param keys room for {@code count} keys
   * @param values room for {@code count} values as user space sees them
   * @return ENOENT when the walk is at its end
   */
  public static Batch lookupBatch(
      Fd map, byte[] position, boolean first, byte[] keys, byte[] values, int count) {
    try (Attributes attributes = new Attributes(BATCH_BYTES)) {
      if (!first) {
        attributes.putBytes(0, position);
      }
      MemorySegment next = attributes.putBuffer(8, Math.max(8, position.length));
      MemorySegment keyBuffer = attributes.putBuffer(16, keys.length);
      MemorySegment valueBuffer = attributes.putBuffer(24, values.length);
      attributes.putInt(32, count).putDescriptor(36, map);
      int result = attributes.callOrErrno(Command.MAP_LOOKUP_BATCH, "read map entries");
      int errno = result < 0 ? -result : 0;
      boolean filled = errno == 0 || errno == Errno.ENOENT.number();
      if (filled) {
        MemorySegment.copy(next, JAVA_BYTE, 0, position, 0, position.length);
        MemorySegment.copy(keyBuffer, JAVA_BYTE, 0, keys, 0, keys.length);
        MemorySegment.copy(valueBuffer, JAVA_BYTE, 0, values, 0, values.length);
      }
      return new Batch(filled ? attributes.getInt(32) : 0, errno);
    }
  }

  /** BPF_MAP_UPDATE_BATCH: keys and values one after another. */
  public static Batch updateBatch(Fd map, byte[] keys, byte[] values, int count, long flags) {
    try (Attributes attributes = new Attributes(BATCH_BYTES)) {
      attributes
          .putBytes(16, keys)
          .putBytes(24, values)
          .putInt(32, count)
          .putDescriptor(36, map)
          .putLong(40, flags);
      return change(attributes, Command.MAP_UPDATE_BATCH);
    }
  }

  /** BPF_MAP_DELETE_BATCH: keys one after another. */
  public static Batch deleteBatch(Fd map, byte[] keys, int count) {
    try (Attributes attributes = new Attributes(BATCH_BYTES)) {
      attributes.putBytes(16, keys).putInt(32, count).putDescriptor(36, map);
      return change(attributes, Command.MAP_DELETE_BATCH);
    }
  }

  private static Batch change(Attributes attributes, Command command) {
    int result = attributes.callOrErrno(command, "change map entries");
    return new Batch(attributes.getInt(32), result < 0 ? -result : 0);
  }

  private static boolean found(int result, String action) {
    if (result < 0) {
      if (-result == Errno.ENOENT.number()) {
        return false;
      }
      throw new SystemCallException(action, -result);
    }
    return true;
  }

  /**
   * The attributes, key and value of one element command, kept per thread: these commands run
   * millions of times, and an arena for each would cost more than the call.
   */
  private static final class ElementBuffer {
    private static final ThreadLocal<ElementBuffer> CURRENT =
        ThreadLocal.withInitial(ElementBuffer::new);

    private final MemorySegment structure = Arena.ofAuto().allocate(ELEMENT_BYTES, 8);
    private MemorySegment key = Arena.ofAuto().allocate(64, 8);
    private MemorySegment value = Arena.ofAuto().allocate(512, 8);

    static ElementBuffer take(byte @Nullable [] key, int valueBytes, long flags) {
      ElementBuffer buffer = CURRENT.get();
      if (buffer.value.byteSize() < valueBytes) {
        buffer.value = Arena.ofAuto().allocate(valueBytes, 8);
      }
      long keyAddress = 0;
      if (key != null) {
        if (buffer.key.byteSize() < key.length) {
          buffer.key = Arena.ofAuto().allocate(key.length, 8);
        }
        MemorySegment.copy(key, 0, buffer.key, JAVA_BYTE, 0, key.length);
        keyAddress = buffer.key.address();
      }
      buffer.structure.set(JAVA_LONG, 8, keyAddress);
      // A deletion takes no value, and the kernel insists that unused members are zero.
      buffer.structure.set(JAVA_LONG, 16, valueBytes == 0 ? 0 : buffer.value.address());
      buffer.structure.set(JAVA_LONG, 24, flags);
      return buffer;
    }

    int call(Fd map, Command command, String action) {
      structure.set(JAVA_INT, 0, map.acquire());
      try {
        int fault = Faults.next(action);
        return fault != 0 ? -fault : LibC.bpfOrErrno(command.ordinal(), structure);
      } finally {
        map.release();
      }
    }
  }
}
