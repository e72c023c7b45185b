package dev.whistler.bpf.prog;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.ProgramCalls;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A verified program in the kernel, held by a file descriptor. It lives on while a link, a pin, a
 * program array or another descriptor holds it.
 */
public final class BpfProgram implements AutoCloseable {
  private static final int FIRST_LOG_BYTES = 64 << 10;
  private static final int MAXIMUM_LOG_BYTES = 16 << 20;
  private static final int LOG_BASIC = 1;

  /** The kernel gives EAGAIN when a signal interrupts verification; the JVM uses signals. */
  private static final int ATTEMPTS = 5;

  /** Packets may grow: bytes of room for the output beyond the input. */
  private static final int PACKET_ROOM = 512;

  private final Fd fd;
  private final ProgramType type;
  private final int id;
  private final String name;

  private BpfProgram(Fd fd, ProgramType type, int id, String name) {
    this.fd = fd;
    this.type = type;
    this.id = id;
    this.name = name;
  }

  /**
   * Verifies and loads a program.
   *
   * @throws VerifierException if the kernel refuses the program, with the verifier's log
   * @throws UnsupportedException if the kernel forbids programs on kernel functions
   * @throws SystemCallException if the process may not load programs at all, or memory is short
   */
  public static BpfProgram load(ProgramSpec spec) {
    ProgramCalls.Load load = request(spec);
    ProgramCalls.LoadResult result = attempt(load, 0, 0);
    Fd fd = result.fd();
    if (fd != null) {
      return of(fd, spec.name());
    }
    throw refusal(spec.name(), load, result);
  }

  /**
   * Verifies and loads a program and returns the verifier's log of the success.
   *
   * @param level 1 for the log of each instruction, 2 for all states, 4 for statistics only
   */
  public static Logged loadLogged(ProgramSpec spec, int level) {
    ProgramCalls.Load load = request(spec);
    ProgramCalls.LoadResult result = withLog(load, level);
    Fd fd = result.fd();
    if (fd != null) {
      return new Logged(of(fd, spec.name()), result.log());
    }
    throw refusal(spec.name(), load, result);
  }

  /** A loaded program and what the verifier said. */
  public record Logged(BpfProgram program, String log) {}

  /**
   * Takes over a descriptor of a program, as one opened from a pin.
   *
   * @throws SystemCallException if it is no program; the descriptor is closed then
   */
  public static BpfProgram of(Fd fd) {
    return of(fd, "");
  }

  private static BpfProgram of(Fd fd, String name) {
    try {
      ProgramInfo info = info(fd);
      return new BpfProgram(
          fd, ProgramType.of(info.typeNumber()), info.id(), name.isEmpty() ? info.name() : name);
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** Opens a program by its id, or returns null if it is gone. Needs CAP_SYS_ADMIN. */
  public static @Nullable BpfProgram open(int id) {
    Fd fd = ObjectCalls.open(ObjectCalls.Kind.PROGRAM, id);
    return fd == null ? null : of(fd);
  }

  /** The ids of all programs of the machine. Needs CAP_SYS_ADMIN. */
  public static List<Integer> ids() {
    List<Integer> ids = new ArrayList<>();
    int id = 0;
    while ((id = ObjectCalls.nextId(ObjectCalls.Kind.PROGRAM, id)) != 0) {
      ids.add(id);
    }
    return ids;
  }

  /** The descriptor, which this program goes on owning. */
  public Fd fd() {
    return fd;
  }

  /** The type. */
  public ProgramType type() {
    return type;
  }

  /** The id, unique while the program lives. */
  public int id() {
    return id;
  }

  /** The name it was loaded under; of an adopted program, the kernel's 15 bytes of it. */
  public String name() {
    return name;
  }

  /** What the kernel says now. */
  public ProgramInfo info() {
    return info(fd);
  }

  private static ProgramInfo info(Fd fd) {
    return ProgramInfo.parse(ObjectCalls.info(ObjectCalls.Kind.PROGRAM, fd));
  }

  /** The ids of the maps that the program holds. */
  public List<Integer> mapIds() {
    int count = info().mapCount();
    byte[] template = new byte[64];
    new Structure(template).putInt(52, count);
    byte[] array = new byte[4 * count];
    int filled =
        count == 0
            ? 0
            : new Structure(ObjectCalls.info(ObjectCalls.Kind.PROGRAM, fd, template, 56, array))
                .getInt(52);
    Structure ids = new Structure(array);
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < Math.min(count, filled); i++) {
      result.add(ids.getInt(4 * i));
    }
    return result;
  }

  /**
   * Runs the program once or many times outside events.
   *
   * @throws SystemCallException ENOTSUPP (524) if the program type cannot be run so; EINVAL if the
   *     input has parts or sizes that the program type does not take
   */
  public TestRun.Result testRun(TestRun run) {
    byte[] data = run.data();
    byte[] context = run.context();
    // Raw tracepoint and syscall programs refuse output buffers; the latter write into the input.
    boolean noContextOut = type == ProgramType.RAW_TRACEPOINT || type == ProgramType.SYSCALL;
    ProgramCalls.TestRunResult result =
        ProgramCalls.testRun(
            new ProgramCalls.TestRun(
                fd,
                data,
                data == null ? 0 : data.length + PACKET_ROOM,
                context,
                context == null || noContextOut ? 0 : context.length,
                run.repeat(),
                run.flags(),
                run.cpu()),
            name);
    return new TestRun.Result(
        result.returnValue(), Duration.ofNanos(result.nanos()), result.data(), result.context());
  }

  /**
   * Has the program keep a map that its instructions do not name; the map goes when the program is
   * freed, which for one that may sleep is when all invocations of such programs have ended.
   *
   * @throws SystemCallException EINVAL before Linux 5.10
   */
  public void keep(BpfMap map) {
    ProgramCalls.bindMap(fd, map.fd());
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return "program " + name + " (" + type + ", id " + id + ")";
  }

  private static ProgramCalls.Load request(ProgramSpec spec) {
    AttachType attachType = spec.expectedAttachType();
    return new ProgramCalls.Load(
        spec.type().number(),
        spec.name(),
        spec.instructions(),
        spec.descriptors(),
        spec.license(),
        0,
        spec.flags(),
        attachType == null ? 0 : attachType.number(),
        spec.btf(),
        8,
        spec.functionInfo(),
        16,
        spec.lineInfo(),
        spec.attachBtfId(),
        spec.attachTarget());
  }

  private static RuntimeException refusal(
      String name, ProgramCalls.Load load, ProgramCalls.LoadResult result) {
    Errno errno = Errno.of(result.errno());
    if (errno == Errno.ENOMEM || errno == Errno.EMFILE || errno == Errno.ENFILE) {
      return new SystemCallException("load program " + name, result.errno());
    }
    ProgramCalls.LoadResult logged = result.log().isEmpty() ? withLog(load, LOG_BASIC) : result;
    Fd unexpected = logged.fd();
    if (unexpected != null) {
      unexpected.close();
      return new SystemCallException("load program " + name, result.errno());
    }
    if (errno == Errno.EPERM && logged.log().isEmpty()) {
      SystemCallException cause = new SystemCallException("load program " + name, result.errno());
      // The verifier says why it refuses; silence comes from capabilities, lockdown or policy.
      return load.attachBtfId() == 0
          ? cause
          : new UnsupportedException(
              "program "
                  + name
                  + ": this kernel does not let this process trace or change kernel functions"
                  + " (fentry, fexit, fmod_ret, LSM); give it CAP_BPF and CAP_PERFMON, or use a"
                  + " tracepoint where the kernel's policy forbids it",
              cause);
    }
    return new VerifierException(
        name, errno, logged.log(), Errno.of(logged.errno()) != Errno.ENOSPC);
  }

  /**
   * Loads with a log that grows until it fits. One that the kernel (from 6.4 on) says cannot fit
   * stays short and holds the end, since each attempt on a program too complex takes a second.
   */
  private static ProgramCalls.LoadResult withLog(ProgramCalls.Load load, int level) {
    int bytes = FIRST_LOG_BYTES;
    while (true) {
      ProgramCalls.LoadResult result = attempt(load, level, bytes);
      if (Errno.of(result.errno()) != Errno.ENOSPC
          || bytes == MAXIMUM_LOG_BYTES
          || result.logBytes() > MAXIMUM_LOG_BYTES) {
        return result;
      }
      bytes = Math.min(MAXIMUM_LOG_BYTES, Math.max(bytes * 4, result.logBytes()));
    }
  }

  private static ProgramCalls.LoadResult attempt(ProgramCalls.Load load, int level, int logBytes) {
    ProgramCalls.LoadResult result = ProgramCalls.load(load, level, logBytes);
    for (int i = 1; i < ATTEMPTS && Errno.of(result.errno()) == Errno.EAGAIN; i++) {
      result = ProgramCalls.load(load, level, logBytes);
    }
    return result;
  }
}
