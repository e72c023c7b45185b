package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The commands of bpf(2) that programs, maps, links and BTF share: ids, information, pins. */
public final class ObjectCalls {
  private ObjectCalls() {}

  /** Kinds of kernel objects that have ids. */
  public enum Kind {
    PROGRAM(Command.PROG_GET_FD_BY_ID, Command.PROG_GET_NEXT_ID, 232),
    MAP(Command.MAP_GET_FD_BY_ID, Command.MAP_GET_NEXT_ID, 104),
    BTF(Command.BTF_GET_FD_BY_ID, Command.BTF_GET_NEXT_ID, 32),
    LINK(Command.LINK_GET_FD_BY_ID, Command.LINK_GET_NEXT_ID, 128);

    private final Command open;
    private final Command next;
    private final int infoBytes;

    Kind(Command open, Command next, int infoBytes) {
      this.open = open;
      this.next = next;
      this.infoBytes = infoBytes;
    }

    private String inode() {
      return switch (this) {
        case PROGRAM -> "bpf_prog";
        case MAP -> "bpf_map";
        case BTF -> "btf";
        case LINK -> "bpf_link";
      };
    }

    private String noun() {
      return switch (this) {
        case PROGRAM -> "program";
        case MAP -> "map";
        case BTF -> "BTF";
        case LINK -> "link";
      };
    }
  }

  /**
   * Returns if the kernel knows bpf(2), whether or not this process may use it.
   *
   * @throws UnsupportedException if it does not
   */
  public static void requireBpf() {
    try (Attributes nothing = new Attributes(16)) {
      nothing.call(Command.OBJ_GET_INFO_BY_FD, "ask for BPF");
    } catch (SystemCallException answered) {
      // Descriptor 0 is no BPF object, and a sandbox may forbid the call: either way it is there.
    }
  }

  /**
   * BPF_OBJ_GET_INFO_BY_FD.
   *
   * @return the kernel's bpf_*_info structure, zero-filled to the size this library knows
   */
  public static byte[] info(Kind kind, Fd fd) {
    return sizedInfo(kind, fd).structure();
  }

  /**
   * A bpf_*_info structure.
   *
   * @param structure zero-filled to the size this library knows
   * @param knownBytes how much of it this kernel knows
   */
  @SuppressWarnings("ArrayRecordComponent") // read once and never compared
  public record SizedInfo(byte[] structure, int knownBytes) {}

  /** BPF_OBJ_GET_INFO_BY_FD, with how much of the structure this kernel knows. */
  public static SizedInfo sizedInfo(Kind kind, Fd fd) {
    try (Attributes attributes = new Attributes(16)) {
      MemorySegment info =
          attributes.putDescriptor(0, fd).putInt(4, kind.infoBytes).putBuffer(8, kind.infoBytes);
      attributes.call(Command.OBJ_GET_INFO_BY_FD, "read the state of a " + kind.noun());
      return new SizedInfo(
          info.toArray(JAVA_BYTE), attributes.structure().get(JAVA_INT_UNALIGNED, 4));
    }
  }

  /**
   * BPF_OBJ_GET_INFO_BY_FD with one array that the kernel fills.
   *
   * @param template the structure with the count that goes with the array set
   * @param pointerOffset where the structure holds the array's address
   * @param array filled by the kernel
   * @return the structure
   */
  public static byte[] info(Kind kind, Fd fd, byte[] template, int pointerOffset, byte[] array) {
    try (Attributes attributes = new Attributes(16);
        Attributes info = new Attributes(template.length)) {
      MemorySegment.copy(template, 0, info.structure(), JAVA_BYTE, 0, template.length);
      MemorySegment buffer = info.putBuffer(pointerOffset, array.length);
      attributes
          .putDescriptor(0, fd)
          .putInt(4, template.length)
          .putLong(8, info.structure().address());
      attributes.call(Command.OBJ_GET_INFO_BY_FD, "read the state of a " + kind.noun());
      MemorySegment.copy(buffer, JAVA_BYTE, 0, array, 0, array.length);
      return info.structure().toArray(JAVA_BYTE);
    }
  }

  /**
   * BPF_*_GET_FD_BY_ID. Needs CAP_SYS_ADMIN.
   *
   * @return null if there is no such object (any more)
   */
  public static @Nullable Fd open(Kind kind, int id) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putInt(0, id);
      int result = LibC.bpfOrErrno(kind.open.ordinal(), attributes.structure());
      if (result >= 0) {
        return new Fd(result);
      }
      if (-result == Errno.ENOENT.number()) {
        return null;
      }
      throw new SystemCallException("open " + kind.noun() + " " + id, -result);
    }
  }

  /**
   * BPF_*_GET_NEXT_ID. Needs CAP_SYS_ADMIN.
   *
   * @param id 0 for the first
   * @return the next higher id, or 0 at the end
   */
  public static int nextId(Kind kind, int id) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putInt(0, id);
      int result = LibC.bpfOrErrno(kind.next.ordinal(), attributes.structure());
      if (result >= 0) {
        return attributes.getInt(4);
      }
      if (-result == Errno.ENOENT.number()) {
        return 0;
      }
      throw new SystemCallException("list " + kind.noun() + " ids", -result);
    }
  }

  /** BPF_OBJ_PIN. */
  public static void pin(Fd fd, String path) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putText(0, path).putDescriptor(8, fd).call(Command.OBJ_PIN, "pin at " + path);
    }
  }

  /**
   * BPF_OBJ_GET.
   *
   * @param flags BPF_F_RDONLY, BPF_F_WRONLY or 0
   */
  public static Fd pinned(String path, int flags) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putText(0, path).putInt(12, flags);
      return new Fd(attributes.call(Command.OBJ_GET, "open the pin " + path));
    }
  }

  /** Whether a descriptor is of a kind, by what the kernel calls its file. */
  public static boolean isOf(Kind kind, Fd fd) {
    return fd.call(number -> isOf(kind, Path.of("/proc/self/fd/" + number)));
  }

  private static boolean isOf(Kind kind, Path link) {
    try {
      // Links are bpf_link or bpf-link, depending on how they were opened.
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("anon_inode:") && target.replace('-', '_').contains(kind.inode());
    } catch (IOException e) {
      throw new BpfException("cannot read " + link + "; mount procfs at /proc", e);
    }
  }
}
