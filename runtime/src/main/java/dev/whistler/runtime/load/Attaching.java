package dev.whistler.runtime.load;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.link.Attachment;
import dev.whistler.bpf.link.Cgroup;
import dev.whistler.bpf.link.Kprobe;
import dev.whistler.bpf.link.NetworkNamespace;
import dev.whistler.bpf.link.PerfSampling;
import dev.whistler.bpf.link.SocketMap;
import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.link.Tracing;
import dev.whistler.bpf.link.Uprobe;
import dev.whistler.bpf.link.UserSymbol;
import dev.whistler.bpf.link.Xdp;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.map.PossibleCpus;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import dev.whistler.runtime.AttachTarget;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ProgramSchema;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Attaches the programs of an object as their sections and the given targets say. */
public final class Attaching {
  private static final Pattern WHOLE_NAME = Pattern.compile("[\\w.$]+");
  private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/net");

  /** Where users may put filters of their own before and behind ours. */
  private static final int CLSACT_PRIORITY = 50_000;

  /** Not a multiple of the clock's rate, so that samples do not go in step with timers. */
  private static final int SAMPLES_A_SECOND = 99;

  private final ObjectLoading object;
  private final OwnFilter filters;
  private final Places places;

  /**
   * @param filters makes the attachments that outlive a process by themselves
   * @throws StartException {@code ATTACH_FAILED} if a target names a program that is not there or a
   *     place that the program cannot have; {@code UNSUPPORTED} if a program would be attached to
   *     nothing
   */
  public Attaching(ObjectLoading object, OwnFilter filters, List<AttachTarget> targets)
      throws StartException {
    this.object = object;
    this.filters = filters;
    this.places = new Places(object.schema(), targets);
    for (ProgramSchema program : object.schema().programs()) {
      Optional<String> reason = Unattachable.reason(program);
      if (reason.isPresent() && !isOnlyCalled(program)) {
        throw unsupported(program, reason.get());
      }
    }
  }

  /**
   * Whether an update runs a program of two revisions for a moment, since the kernel cannot
   * exchange them at their places.
   */
  public boolean overlaps() {
    return object.schema().programs().stream()
        .filter(program -> !(program.attach() instanceof Attach.None))
        .map(program -> Attachments.Exchange.of(program, object.attachType(program)))
        .anyMatch(Attachments.Exchange.OVERLAP::equals);
  }

  /**
   * Attaches every program where it is not attached yet. On failure those attached before stay with
   * {@code attachments}.
   *
   * @param programs loaded, by symbol
   * @param maps loaded, by symbol
   * @param attachments takes the attachments over
   */
  public void attach(
      Map<String, BpfProgram> programs, Map<String, BpfMap> maps, Attachments attachments)
      throws StartException {
    try (TracefsOnDemand tracefs = new TracefsOnDemand()) {
      for (ProgramSchema program : object.schema().programs()) {
        if (!isOnlyCalled(program)) {
          BpfProgram loaded = Objects.requireNonNull(programs.get(program.symbol()));
          attach(program, loaded, maps, tracefs, attachments);
        }
      }
    }
  }

  /** Whether a program stands in a slot for tail calls, and nobody says where else it should be. */
  private boolean isOnlyCalled(ProgramSchema program) {
    boolean needsPlace =
        switch (program.attach()) {
          case Attach.Xdp _, Attach.Tc _, Attach.Cgroup _, Attach.None _ -> true;
          case Attach.Tracepoint(String _, String event) -> event.isEmpty();
          case Attach.RawTracepoint(String event, boolean _) -> event.isEmpty();
          case Attach.Kprobe kprobe -> kprobe.function().isEmpty();
          case Attach.Ksyscall(String name, boolean _) -> name.isEmpty();
          case Attach.KprobeMulti kprobe -> kprobe.pattern().isEmpty();
          case Attach.Uprobe uprobe -> uprobe.path().isEmpty();
          case Attach.UprobeMulti uprobe -> uprobe.path().isEmpty();
          default -> Unattachable.reason(program).isPresent();
        };
    return needsPlace
        && !places.areGiven(program)
        && object.schema().maps().stream()
            .flatMap(map -> map.programs().stream())
            .anyMatch(slot -> slot.program().equals(program.name()));
  }

  private void attach(
      ProgramSchema schema,
      BpfProgram program,
      Map<String, BpfMap> maps,
      TracefsOnDemand tracefs,
      Attachments attachments)
      throws StartException {
    Hold hold = hold(schema, program, attachments);
    try {
      switch (schema.attach()) {
        case Attach.Tracepoint(String category, String event) -> {
          requireTarget(schema, event);
          ContextSize.checkTracepoint(schema, tracefs.get(), category, event);
          hold.at(p -> Tracepoint.attach(p, tracefs.get(), category, event), category, event);
        }
        case Attach.RawTracepoint(String event, boolean _) -> {
          requireTarget(schema, event);
          ContextSize.checkRawTracepoint(schema, event);
          hold.at(p -> Tracepoint.attachRaw(p, event), event);
        }
        case Attach.Kprobe(String function, long offset, boolean onReturn) -> {
          requireTarget(schema, function);
          hold.at(p -> Kprobe.attach(p, function, offset, onReturn), function, offset, onReturn);
        }
        case Attach.Ksyscall(String name, boolean onReturn) -> {
          requireTarget(schema, name);
          hold.at(p -> Kprobe.attachSystemCall(p, name, onReturn), name, onReturn);
        }
        case Attach.KprobeMulti(String pattern, boolean onReturn, boolean _) -> {
          requireTarget(schema, pattern);
          List<String> functions = functions(schema, pattern, tracefs);
          hold.at(
              p ->
                  hold.type() == AttachType.TRACE_KPROBE_SESSION
                      ? Kprobe.attachSession(p, functions)
                      : Kprobe.attachAll(p, functions, onReturn),
              pattern,
              onReturn);
        }
        case Attach.Uprobe uprobe -> attachUprobe(schema, uprobe, hold);
        case Attach.UprobeMulti uprobe -> attachUprobes(schema, uprobe, hold);
        case Attach.Tracing(String mode, String target) -> hold.at(Tracing::attach, mode, target);
        case Attach.Lsm(String hook) -> attachLsm(schema, hook, hold);
        case Attach.Xdp _ -> {
          for (Places.OnInterface place : places.interfaces(schema)) {
            int index = place.index();
            hold.at(p -> Xdp.attach(p, index, Xdp.Mode.ANY), "xdp", index);
          }
        }
        case Attach.Tc _ -> {
          for (Places.OnInterface place : places.interfaces(schema)) {
            int index = place.index();
            Tcx.Direction direction = Objects.requireNonNull(place.direction());
            String word = direction.name().toLowerCase(Locale.ROOT);
            hold.at(p -> attachTc(p, index, direction, schema.symbol()), word, index);
          }
        }
        case Attach.Cgroup _ -> attachCgroup(schema, hold);
        case Attach.SkLookup _ ->
            hold.at(p -> NetworkNamespace.attach(p, OWN_NAMESPACE, AttachType.SK_LOOKUP), "netns");
        case Attach.Sockmap _ -> attachSockets(schema, maps, hold);
        case Attach.PerfEvent _ -> attachSampling(hold);
        case Attach.None _ -> {}
      }
    } catch (BpfException e) {
      throw Failures.of(
          FailureReason.ATTACH_FAILED, "Program " + schema.name() + " cannot be attached", e);
    }
  }

  /** One program on its way to its places. */
  private record Hold(
      ProgramSchema schema,
      BpfProgram program,
      @Nullable AttachType type,
      Attachments attachments) {
    void at(Attachments.Opener opener, Object... place) {
      Attachments.Exchange exchange = Attachments.Exchange.of(schema, type);
      attachments.attach(Attachments.key(schema.symbol(), place), exchange, program, type, opener);
    }

    /** As {@link #at}, in a binary. */
    void in(Path file, Attachments.Opener opener, Object... place) {
      attachments.watch(Attachments.key(schema.symbol(), place), new BinaryFile(file));
      at(opener, place);
    }
  }

  private Hold hold(ProgramSchema schema, BpfProgram program, Attachments attachments) {
    return new Hold(schema, program, object.attachType(schema), attachments);
  }

  /** On every CPU that is online: the others, of which virtual machines have many, cannot count. */
  private static void attachSampling(Hold hold) throws StartException {
    int attached = 0;
    SystemCallException offline = null;
    for (int cpu = 0; cpu < PossibleCpus.count(); cpu++) {
      int number = cpu;
      try {
        hold.at(p -> PerfSampling.attach(p, PerfSampling.CPU_CLOCK, SAMPLES_A_SECOND, number), cpu);
        attached++;
      } catch (SystemCallException e) {
        if (e.errno() != Errno.ENODEV) {
          throw e;
        }
        offline = e;
      }
    }
    if (attached == 0 && offline != null) {
      throw offline;
    }
  }

  /** Before Linux 6.6 there is no tcx; clsact does the same without a link. */
  private Attachment attachTc(
      BpfProgram program, int index, Tcx.Direction direction, String symbol) {
    try {
      return Tcx.attach(program, index, direction);
    } catch (UnsupportedException _) {
      return filters.attach(program, index, direction, CLSACT_PRIORITY, symbol);
    }
  }

  private static void requireTarget(ProgramSchema program, String target) throws StartException {
    if (target.isEmpty()) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s has the section '%s', which names no target; write it into the section."
              .formatted(program.name(), program.section()));
    }
  }

  private static StartException unsupported(ProgramSchema program, String why) {
    return new StartException(
        FailureReason.UNSUPPORTED,
        "Program %s with the section '%s' cannot be attached: %s."
            .formatted(program.name(), program.section(), why));
  }

  private void attachUprobe(ProgramSchema schema, Attach.Uprobe uprobe, Hold hold)
      throws StartException {
    List<AttachTarget.Uprobe> targets =
        uprobe.path().isEmpty()
            ? places.uprobes(schema)
            : List.of(
                new AttachTarget.Uprobe(
                    binary(schema, uprobe.path()), uprobe.symbol(), uprobe.offset()));
    for (AttachTarget.Uprobe target : targets) {
      long start = start(schema, target);
      long offset = start + target.offset();
      if (isPlace(target.symbol()) || target.offset() != 0) {
        checkBoundary(schema, target, start, offset, hold.attachments());
      }
      hold.in(
          target.file(),
          p -> Uprobe.attach(p, target.file(), offset, uprobe.onReturn()),
          target.file(),
          target.symbol(),
          target.offset(),
          uprobe.onReturn());
    }
  }

  /** Whether a text is a place in a file and no symbol. */
  private static boolean isPlace(String symbol) {
    return symbol.isEmpty() || Character.isDigit(symbol.charAt(0));
  }

  private static long start(ProgramSchema schema, AttachTarget.Uprobe target)
      throws StartException {
    String symbol = target.symbol();
    if (symbol.isEmpty()) {
      return 0;
    }
    if (!isPlace(symbol)) {
      return UserSymbol.offset(target.file(), symbol);
    }
    try {
      return Long.decode(symbol);
    } catch (NumberFormatException e) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s: '%s' is no place in a file; write bytes from its beginning, as 0x1139."
              .formatted(schema.name(), symbol),
          "",
          e);
    }
  }

  /** A breakpoint inside of an instruction makes the probed program another one. */
  private static void checkBoundary(
      ProgramSchema schema,
      AttachTarget.Uprobe target,
      long start,
      long offset,
      Attachments attachments)
      throws StartException {
    String place =
        target.file() + ":" + target.symbol() + "+0x" + Long.toHexString(target.offset());
    UserSymbol.Boundary boundary =
        isPlace(target.symbol())
            ? UserSymbol.boundary(target.file(), offset)
            : UserSymbol.boundary(target.file(), start, offset);
    switch (boundary) {
      case START -> {}
      case INSIDE ->
          throw new StartException(
              FailureReason.ATTACH_FAILED,
              ("Program %s cannot be attached to %s: this is inside of an instruction, and a probe"
                      + " there would make the program another one; choose where one begins.")
                  .formatted(schema.name(), place));
      case UNKNOWN ->
          attachments.warn(
              ("Program %s is attached to %s, and nothing shows that an instruction begins there;"
                      + " if none does, the probed program fails.")
                  .formatted(schema.name(), place));
    }
  }

  private void attachUprobes(ProgramSchema schema, Attach.UprobeMulti uprobe, Hold hold)
      throws StartException {
    if (!uprobe.path().isEmpty()) {
      attachUprobes(schema, binary(schema, uprobe.path()), uprobe.pattern(), uprobe, hold);
      return;
    }
    for (AttachTarget.Uprobe target : places.uprobes(schema)) {
      if (target.offset() != 0) {
        throw new StartException(
            FailureReason.ATTACH_FAILED,
            "Program %s is attached to whole functions; leave out +%d."
                .formatted(schema.name(), target.offset()));
      }
      attachUprobes(schema, target.file(), target.symbol(), uprobe, hold);
    }
  }

  private static void attachUprobes(
      ProgramSchema schema, Path file, String pattern, Attach.UprobeMulti uprobe, Hold hold)
      throws StartException {
    Glob names = new Glob(pattern);
    boolean withVersion = pattern.indexOf('@', 1) > 0;
    long[] offsets =
        UserSymbol.offsets(
            file,
            f ->
                withVersion
                    ? names.matches(f.text()) || f.isNamed(pattern)
                    : names.matches(f.name()));
    if (offsets.length == 0) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s: no function of %s matches '%s'.".formatted(schema.name(), file, pattern));
    }
    hold.in(
        file,
        p ->
            hold.type() == AttachType.TRACE_UPROBE_SESSION
                ? Uprobe.attachSession(p, file, offsets, 0)
                : attachUprobes(p, file, offsets, uprobe.onReturn()),
        file,
        pattern,
        uprobe.onReturn());
  }

  /** Before Linux 6.6 each place takes a link of its own, by a perf event. */
  private static Attachment attachUprobes(
      BpfProgram program, Path file, long[] offsets, boolean onReturn) {
    if (Features.link(LinkFeature.UPROBE_MULTI).support() != Probe.Support.NO) {
      return Uprobe.attachAll(program, file, offsets, onReturn, 0);
    }
    if (offsets.length == 1) {
      return Uprobe.attach(program, file, offsets[0], onReturn);
    }
    Deque<Attachment> links = new ArrayDeque<>();
    try {
      for (long offset : offsets) {
        links.push(Uprobe.attach(program, file, offset, onReturn));
      }
    } catch (RuntimeException e) {
      links.forEach(Attachment::close);
      throw e;
    }
    return () -> links.forEach(Attachment::close);
  }

  private static Path binary(ProgramSchema schema, String path) throws StartException {
    try {
      Path file = Path.of(path);
      if (file.isAbsolute()) {
        return file;
      }
    } catch (InvalidPathException _) {
      // no path, as little as one without its root
    }
    throw new StartException(
        FailureReason.ATTACH_FAILED,
        "Program %s: the binary '%s' needs its whole path, from the root directory."
            .formatted(schema.name(), path));
  }

  private static List<String> functions(
      ProgramSchema schema, String pattern, TracefsOnDemand tracefs) throws StartException {
    // A function may have several names (__x64_sys_getppid is __ia32_sys_getppid too), of which the
    // kernel lists one and knows all.
    if (WHOLE_NAME.matcher(pattern).matches()) {
      return List.of(pattern);
    }
    List<String> functions = tracefs.functions(pattern);
    if (functions.isEmpty()) {
      throw unsupported(schema, "no function of this kernel that can be traced matches");
    }
    return functions;
  }

  private void attachLsm(ProgramSchema schema, String hook, Hold hold) throws StartException {
    if (object.attachType(schema) == AttachType.LSM_CGROUP) {
      attachCgroup(schema, hold);
    } else {
      hold.at(Tracing::attach, hook);
    }
  }

  private void attachCgroup(ProgramSchema schema, Hold hold) throws StartException {
    AttachType type = object.attachType(schema);
    if (type == null) {
      throw unsupported(schema, "the section does not say which direction; add it");
    }
    for (Path group : places.cgroups(schema)) {
      hold.at(p -> Cgroup.attach(p, group, type), type, group);
    }
  }

  private void attachSockets(ProgramSchema schema, Map<String, BpfMap> maps, Hold hold)
      throws StartException {
    List<BpfMap> sockets = new ArrayList<>();
    for (BpfMap map : maps.values()) {
      if (map.type() == MapType.SOCKMAP || map.type() == MapType.SOCKHASH) {
        sockets.add(map);
      }
    }
    @Nullable AttachType type = object.attachType(schema);
    if (sockets.size() != 1 || type == null) {
      throw unsupported(schema, "it needs exactly one sockmap or sockhash in its unit");
    }
    // A revision with a map of its own takes no place over from one with another.
    BpfMap map = sockets.getFirst();
    hold.at(p -> SocketMap.attach(p, map, type), "sockets", map.id());
  }
}
