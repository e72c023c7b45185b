package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The link and attach commands of bpf(2). */
public final class LinkCalls {
  /** As many as the kernel lets run at one place (BPF_CGROUP_MAX_PROGS, BPF_MPROG_MAX). */
  private static final int MAXIMUM_PROGRAMS = 64;

  private static final int LINK_BYTES = 64;

  private LinkCalls() {}

  /** BPF_LINK_CREATE without further parameters: cgroup, XDP, network namespace, LSM. */
  public static Fd create(int program, int target, int attachType, int flags, String action) {
    try (Attributes attributes = link(program, target, attachType, flags)) {
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE on a perf event. */
  public static Fd perfEvent(int program, int event, int attachType, long cookie, String action) {
    try (Attributes attributes = link(program, event, attachType, 0)) {
      attributes.putLong(16, cookie);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE for tracing and LSM programs: the target was given when loading. */
  public static Fd tracing(int program, int attachType, long cookie, String action) {
    try (Attributes attributes = link(program, 0, attachType, 0)) {
      attributes.putLong(24, cookie);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE for netfilter. */
  public static Fd netfilter(
      int program, int attachType, int family, int hook, int priority, int flags, String action) {
    try (Attributes attributes = link(program, 0, attachType, 0)) {
      attributes.putInt(16, family).putInt(20, hook).putInt(24, priority).putInt(28, flags);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE for iterators; the target information may be empty. */
  public static Fd iterator(int program, int attachType, byte[] information, String action) {
    try (Attributes attributes = link(program, 0, attachType, 0)) {
      attributes.putBytes(16, information).putInt(24, information.length);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /**
   * BPF_LINK_CREATE on many places of a user-space file.
   *
   * @param offsets bytes in the file
   * @param cookies one for each offset, or empty
   * @param flags BPF_F_UPROBE_MULTI_*
   * @param pid process, 0 for all
   */
  public static Fd uprobes(
      int program,
      int attachType,
      String path,
      long[] offsets,
      long[] cookies,
      int flags,
      int pid,
      String action) {
    try (Attributes attributes = link(program, 0, attachType, 0);
        Arena arena = Arena.ofConfined()) {
      attributes
          .putText(16, path)
          .putLong(24, arena.allocateFrom(JAVA_LONG, offsets).address())
          .putInt(48, offsets.length)
          .putInt(52, flags)
          .putInt(56, pid);
      if (cookies.length > 0) {
        attributes.putLong(40, arena.allocateFrom(JAVA_LONG, cookies).address());
      }
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /**
   * BPF_LINK_CREATE on many kernel functions.
   *
   * @param symbols names
   * @param cookies one for each symbol, or empty
   * @param flags BPF_F_KPROBE_MULTI_*
   */
  public static Fd kprobes(
      int program, int attachType, String[] symbols, long[] cookies, int flags, String action) {
    try (Attributes attributes = link(program, 0, attachType, 0);
        Arena arena = Arena.ofConfined()) {
      long[] names = new long[symbols.length];
      for (int i = 0; i < symbols.length; i++) {
        names[i] = arena.allocateFrom(symbols[i]).address();
      }
      MemorySegment list = arena.allocateFrom(JAVA_LONG, names);
      attributes.putInt(16, flags).putInt(20, symbols.length).putLong(24, list.address());
      if (cookies.length > 0) {
        attributes.putLong(40, arena.allocateFrom(JAVA_LONG, cookies).address());
      }
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_RAW_TRACEPOINT_OPEN; the name is null for BTF tracepoints and other tracing programs. */
  public static Fd rawTracepoint(int program, @Nullable String name, String action) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putText(0, name).putInt(8, program);
      return new Fd(attributes.call(Command.RAW_TRACEPOINT_OPEN, action));
    }
  }

  /** BPF_LINK_UPDATE: the link runs another program from now on. */
  public static void update(int link, int program, String action) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putInt(0, link).putInt(4, program).call(Command.LINK_UPDATE, action);
    }
  }

  /** BPF_LINK_DETACH: the link lives on without effect. */
  public static void detach(int link, String action) {
    try (Attributes attributes = new Attributes(8)) {
      attributes.putInt(0, link).call(Command.LINK_DETACH, action);
    }
  }

  /** BPF_ITER_CREATE: a descriptor whose reading runs the iterator once. */
  public static Fd iterate(int link, String action) {
    try (Attributes attributes = new Attributes(8)) {
      return new Fd(attributes.putInt(0, link).call(Command.ITER_CREATE, action));
    }
  }

  /** BPF_PROG_ATTACH, for what has no link. */
  public static void attach(int program, int target, int attachType, int flags, String action) {
    try (Attributes attributes = new Attributes(32)) {
      attributes
          .putInt(0, target)
          .putInt(4, program)
          .putInt(8, attachType)
          .putInt(12, flags)
          .call(Command.PROG_ATTACH, action);
    }
  }

  /** BPF_PROG_DETACH. */
  public static void detach(int program, int target, int attachType, String action) {
    try (Attributes attributes = new Attributes(32)) {
      attributes
          .putInt(0, target)
          .putInt(4, program)
          .putInt(8, attachType)
          .call(Command.PROG_DETACH, action);
    }
  }

  /**
   * BPF_PROG_QUERY.
   *
   * @param target descriptor of a cgroup, network namespace or map, or the index of an interface
   * @return ids of the programs attached, in the order in which they run
   */
  public static int[] query(int target, int attachType, String action) {
    try (Attributes attributes = new Attributes(64)) {
      MemorySegment ids =
          attributes
              .putInt(0, target)
              .putInt(4, attachType)
              .putInt(24, MAXIMUM_PROGRAMS)
              .putBuffer(16, 4L * MAXIMUM_PROGRAMS);
      attributes.call(Command.PROG_QUERY, action);
      int count = Math.min(MAXIMUM_PROGRAMS, attributes.getInt(24));
      return ids.asSlice(0, 4L * count).toArray(JAVA_INT);
    }
  }

  private static Attributes link(int program, int target, int attachType, int flags) {
    return new Attributes(LINK_BYTES)
        .putInt(0, program)
        .putInt(4, target)
        .putInt(8, attachType)
        .putInt(12, flags);
  }
}
