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
  private static final int ITERATOR_INFO_BYTES = 16; // union bpf_iter_link_info

  private LinkCalls() {}

  /** BPF_LINK_CREATE without further parameters: cgroup, XDP, network namespace, LSM. */
  public static Fd create(Fd program, Fd target, int attachType, int flags, String action) {
    try (Attributes attributes = link(program, attachType, flags)) {
      attributes.putDescriptor(4, target);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE without further parameters on a network interface, by its index. */
  public static Fd onInterface(Fd program, int index, int attachType, int flags, String action) {
    try (Attributes attributes = link(program, attachType, flags)) {
      attributes.putInt(4, index);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE on a perf event. */
  public static Fd perfEvent(Fd program, Fd event, int attachType, long cookie, String action) {
    try (Attributes attributes = link(program, attachType, 0)) {
      attributes.putDescriptor(4, event).putLong(16, cookie);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE for tracing and LSM programs: the target was given when loading. */
  public static Fd tracing(Fd program, int attachType, long cookie, String action) {
    try (Attributes attributes = link(program, attachType, 0)) {
      attributes.putLong(24, cookie);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE for netfilter. */
  public static Fd netfilter(
      Fd program, int attachType, int family, int hook, int priority, int flags, String action) {
    try (Attributes attributes = link(program, attachType, 0)) {
      attributes.putInt(16, family).putInt(20, hook).putInt(24, priority).putInt(28, flags);
      return new Fd(attributes.call(Command.LINK_CREATE, action));
    }
  }

  /** BPF_LINK_CREATE for iterators, through the entries of a map or what else they are about. */
  public static Fd iterator(Fd program, int attachType, @Nullable Fd map, String action) {
    try (Attributes attributes = link(program, attachType, 0)) {
      if (map != null) {
        attributes.putBuffer(16, ITERATOR_INFO_BYTES).set(JAVA_INT, 0, attributes.use(map));
        attributes.putInt(24, ITERATOR_INFO_BYTES);
      }
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
      Fd program,
      int attachType,
      String path,
      long[] offsets,
      long[] cookies,
      int flags,
      int pid,
      String action) {
    try (Attributes attributes = link(program, attachType, 0);
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
      Fd program, int attachType, String[] symbols, long[] cookies, int flags, String action) {
    try (Attributes attributes = link(program, attachType, 0);
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
  public static Fd rawTracepoint(Fd program, @Nullable String name, String action) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putText(0, name).putDescriptor(8, program);
      return new Fd(attributes.call(Command.RAW_TRACEPOINT_OPEN, action));
    }
  }

  /** BPF_LINK_UPDATE: the link runs another program from now on. */
  public static void update(Fd link, Fd program, String action) {
    try (Attributes attributes = new Attributes(16)) {
      attributes.putDescriptor(0, link).putDescriptor(4, program).call(Command.LINK_UPDATE, action);
    }
  }

  /** BPF_LINK_DETACH: the link lives on without effect. */
  public static void detach(Fd link, String action) {
    try (Attributes attributes = new Attributes(8)) {
      attributes.putDescriptor(0, link).call(Command.LINK_DETACH, action);
    }
  }

  /** BPF_ITER_CREATE: a descriptor whose reading runs the iterator once. */
  public static Fd iterate(Fd link, String action) {
    try (Attributes attributes = new Attributes(8)) {
      return new Fd(attributes.putDescriptor(0, link).call(Command.ITER_CREATE, action));
    }
  }

  /** BPF_PROG_ATTACH, for what has no link. */
  public static void attach(Fd program, Fd target, int attachType, int flags, String action) {
    try (Attributes attributes = new Attributes(32)) {
      attributes
          .putDescriptor(0, target)
          .putDescriptor(4, program)
          .putInt(8, attachType)
          .putInt(12, flags)
          .call(Command.PROG_ATTACH, action);
    }
  }

  /** BPF_PROG_DETACH. */
  public static void detach(Fd program, Fd target, int attachType, String action) {
    try (Attributes attributes = new Attributes(32)) {
      attributes
          .putDescriptor(0, target)
          .putDescriptor(4, program)
          .putInt(8, attachType)
          .call(Command.PROG_DETACH, action);
    }
  }

  /**
   * BPF_PROG_QUERY.
   *
   * @param target a cgroup, network namespace or map
   * @return ids of the programs attached, in the order in which they run
   */
  public static int[] query(Fd target, int attachType, String action) {
    try (Attributes attributes = new Attributes(64)) {
      return query(attributes.putDescriptor(0, target), attachType, action);
    }
  }

  /** BPF_PROG_QUERY of a network interface, by its index, as {@link #query}. */
  public static int[] queryInterface(int index, int attachType, String action) {
    try (Attributes attributes = new Attributes(64)) {
      return query(attributes.putInt(0, index), attachType, action);
    }
  }

  private static int[] query(Attributes attributes, int attachType, String action) {
    MemorySegment ids =
        attributes
            .putInt(4, attachType)
            .putInt(24, MAXIMUM_PROGRAMS)
            .putBuffer(16, 4L * MAXIMUM_PROGRAMS);
    attributes.call(Command.PROG_QUERY, action);
    int count = Math.min(MAXIMUM_PROGRAMS, attributes.getInt(24));
    return ids.asSlice(0, 4L * count).toArray(JAVA_INT);
  }

  private static Attributes link(Fd program, int attachType, int flags) {
    Attributes attributes = new Attributes(LINK_BYTES);
    try {
      return attributes.putDescriptor(0, program).putInt(8, attachType).putInt(12, flags);
    } catch (RuntimeException e) {
      attributes.close();
      throw e;
    }
  }
}
