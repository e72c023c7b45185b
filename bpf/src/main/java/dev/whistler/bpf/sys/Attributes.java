package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code union bpf_attr} (include/uapi/linux/bpf.h) and the buffers that it points to, living
 * for one call. Unset bytes are zero; the kernel accepts a longer structure than it knows as long
 * as the rest is zero, so newer members cost nothing on older kernels while they are unset.
 */
final class Attributes implements AutoCloseable {
  /** Longest object name that the kernel keeps: BPF_OBJ_NAME_LEN with its terminator. */
  private static final int NAME_BYTES = 16;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment structure;
  private final List<Fd> uses = new ArrayList<>();

  /**
   * @param bytes size of the members in use, rounded up to 8
   */
  Attributes(int bytes) {
    structure = arena.allocate(bytes, 8);
  }

  MemorySegment structure() {
    return structure;
  }

  Attributes putInt(long offset, int value) {
    structure.set(JAVA_INT, offset, value);
    return this;
  }

  /**
   * The number of a descriptor, which stays its own until these attributes are closed; nothing is
   * stored for null.
   *
   * @throws IllegalStateException if it is closed
   */
  Attributes putDescriptor(long offset, @Nullable Fd fd) {
    return fd == null ? this : putInt(offset, use(fd));
  }

  /** The number of a descriptor for what these attributes point to, as {@link #putDescriptor}. */
  int use(Fd fd) {
    int number = fd.acquire();
    uses.add(fd);
    return number;
  }

  Attributes putLong(long offset, long value) {
    structure.set(JAVA_LONG, offset, value);
    return this;
  }

  int getInt(long offset) {
    return structure.get(JAVA_INT, offset);
  }

  long getLong(long offset) {
    return structure.get(JAVA_LONG, offset);
  }

  /** An object name: cut to 15 bytes, with characters that the kernel refuses replaced by '_'. */
  Attributes putName(long offset, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < Math.min(text.length, NAME_BYTES - 1); i++) {
      int c = text[i];
      boolean allowed =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '_'
              || c == '.';
      structure.set(JAVA_BYTE, offset + i, allowed ? (byte) c : (byte) '_');
    }
    return this;
  }

  /** The address of a copy of the bytes; nothing is stored for null. */
  Attributes putBytes(long offset, byte @Nullable [] bytes) {
    if (bytes != null && bytes.length > 0) {
      MemorySegment copy = arena.allocate(bytes.length, 8);
      MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
      putLong(offset, copy.address());
    }
    return this;
  }

  /** The address of a zero-terminated copy of the text; nothing is stored for null. */
  Attributes putText(long offset, @Nullable String text) {
    if (text != null) {
      putLong(offset, arena.allocateFrom(text).address());
    }
    return this;
  }

  /** A zeroed buffer whose address is stored. */
  MemorySegment putBuffer(long offset, long bytes) {
    MemorySegment buffer = arena.allocate(bytes, 8);
    putLong(offset, buffer.address());
    return buffer;
  }

  /** Calls bpf(2). */
  int call(Command command, String action) {
    return LibC.bpf(command.ordinal(), structure, action);
  }

  /** Calls bpf(2) where failure is an answer: the result, or the error number negated. */
  int callOrErrno(Command command, String action) {
    int fault = Faults.next(action);
    return fault != 0 ? -fault : LibC.bpfOrErrno(command.ordinal(), structure);
  }

  @Override
  public void close() {
    uses.forEach(Fd::release);
    arena.close();
  }
}
