package dev.whistler.runtime.load;

import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.link.Attachment;
import dev.whistler.bpf.link.Cgroup;
import dev.whistler.bpf.link.Iterator;
import dev.whistler.bpf.link.Kprobe;
import dev.whistler.bpf.link.NetworkNamespace;
import dev.whistler.bpf.link.SocketMap;
import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.link.Tracing;
import dev.whistler.bpf.link.Uprobe;
import dev.whistler.bpf.link.UserSymbol;
import dev.whistler.bpf.link.Xdp;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.AttachTarget;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ProgramSchema;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attaches the programs of an object as their sections and the given targets say. */
public final class Attaching {
  private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/net");

  private final ObjectLoading object;
  private final Places places;

  /**
   * @throws StartException {@code ATTACH_FAILED} if a target names a program that is not there
   */
  public Attaching(ObjectLoading object, List<AttachTarget> targets) throws StartException {
    this.object = object;
    this.places = new Places(object.schema(), targets);
  }

  /**
   * Attaches every program that is loaded. On failure those attached before stay with {@code
   * resources}.
   *
   * @param resources takes the attachments over
   */
  public void attach(LoadedObject loaded, Resources resources) throws StartException {
    try (TracefsOnDemand tracefs = new TracefsOnDemand()) {
      for (ProgramSchema program : object.schema().programs()) {
        attach(program, loaded, tracefs, resources);
      }
    }
  }

  private void attach(
      ProgramSchema schema, LoadedObject loaded, TracefsOnDemand tracefs, Resources resources)
      throws StartException {
    BpfProgram program = loaded.program(schema.symbol());
    try {
      switch (schema.attach()) {
        case Attach.Tracepoint(String category, String event) -> {
          requireTarget(schema, event);
          resources.own(Tracepoint.attach(program, tracefs.get(), category, event));
        }
        case Attach.RawTracepoint(String event, boolean _) -> {
          requireTarget(schema, event);
          resources.own(Tracepoint.attachRaw(program, event));
        }
        case Attach.Kprobe(String function, long offset, boolean onReturn) -> {
          requireTarget(schema, function);
          resources.own(Kprobe.attach(program, function, offset, onReturn));
        }
        case Attach.Ksyscall(String name, boolean onReturn) -> {
          requireTarget(schema, name);
          resources.own(Kprobe.attachSystemCall(program, name, onReturn));
        }
        case Attach.KprobeMulti(String pattern, boolean onReturn, boolean _) -> {
          requireTarget(schema, pattern);
          resources.own(Kprobe.attachAll(program, functions(schema, pattern, tracefs), onReturn));
        }
        case Attach.Uprobe uprobe -> attachUprobe(schema, uprobe, program, resources);
        case Attach.UprobeMulti uprobe -> attachUprobes(schema, uprobe, program, resources);
        case Attach.Tracing(String mode, String _) ->
            resources.own(mode.equals("iter") ? Iterator.attach(program) : Tracing.attach(program));
        case Attach.Lsm _ -> attachLsm(schema, program, resources);
        case Attach.Xdp _ -> {
          for (int index : places.interfaces(schema)) {
            resources.own(Xdp.attach(program, index, Xdp.Mode.ANY));
          }
        }
        case Attach.Tc(String direction) -> {
          for (int index : places.interfaces(schema)) {
            resources.own(Tcx.attach(program, index, direction(direction)));
          }
        }
        case Attach.Cgroup _ -> attachCgroup(schema, program, resources);
        case Attach.SkLookup _ ->
            resources.own(NetworkNamespace.attach(program, OWN_NAMESPACE, AttachType.SK_LOOKUP));
        case Attach.Sockmap _ -> resources.own(attachSockets(schema, program, loaded));
        case Attach.PerfEvent _ ->
            throw unsupported(schema, "perf events are attached by other tools");
        case Attach.None _ -> {}
      }
    } catch (BpfException e) {
      throw Failures.of(
          FailureReason.ATTACH_FAILED, "Program " + schema.name() + " cannot be attached", e);
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

  /** A section without a direction means what arrives. */
  private static Tcx.Direction direction(String text) {
    return text.equals("egress") ? Tcx.Direction.EGRESS : Tcx.Direction.INGRESS;
  }

  private void attachUprobe(
      ProgramSchema schema, Attach.Uprobe uprobe, BpfProgram program, Resources resources)
      throws StartException {
    List<AttachTarget.Uprobe> targets =
        uprobe.path().isEmpty()
            ? places.uprobes(schema)
            : List.of(
                new AttachTarget.Uprobe(
                    binary(schema, uprobe.path()), uprobe.symbol(), uprobe.offset()));
    for (AttachTarget.Uprobe target : targets) {
      long start =
          target.symbol().isEmpty() ? 0 : UserSymbol.offset(target.file(), target.symbol());
      resources.own(
          Uprobe.attach(program, target.file(), start + target.offset(), uprobe.onReturn()));
    }
  }

  private static void attachUprobes(
      ProgramSchema schema, Attach.UprobeMulti uprobe, BpfProgram program, Resources resources)
      throws StartException {
    Path file = binary(schema, uprobe.path());
    PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + uprobe.pattern());
    long[] offsets =
        UserSymbol.offsets(file, name -> !name.contains("/") && pattern.matches(Path.of(name)))
            .values()
            .stream()
            .mapToLong(Long::longValue)
            .distinct()
            .toArray();
    if (offsets.length == 0) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s: no function of %s matches '%s'."
              .formatted(schema.name(), file, uprobe.pattern()));
    }
    resources.own(Uprobe.attachAll(program, file, offsets, uprobe.onReturn(), 0));
  }

  private static Path binary(ProgramSchema schema, String path) throws StartException {
    Path file = Path.of(path);
    if (!file.isAbsolute()) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s: the binary '%s' needs its whole path, from the root directory."
              .formatted(schema.name(), path));
    }
    return file;
  }

  private static List<String> functions(
      ProgramSchema schema, String pattern, TracefsOnDemand tracefs) throws StartException {
    List<String> functions = tracefs.functions(pattern);
    if (functions.isEmpty()) {
      throw unsupported(schema, "no function of this kernel that can be traced matches");
    }
    return functions;
  }

  private void attachLsm(ProgramSchema schema, BpfProgram program, Resources resources)
      throws StartException {
    if (object.attachType(schema) == AttachType.LSM_CGROUP) {
      attachCgroup(schema, program, resources);
    } else {
      resources.own(Tracing.attach(program));
    }
  }

  private void attachCgroup(ProgramSchema schema, BpfProgram program, Resources resources)
      throws StartException {
    AttachType type = object.attachType(schema);
    if (type == null) {
      throw unsupported(schema, "the section does not say which direction; add it");
    }
    for (Path group : places.cgroups(schema)) {
      resources.own(Cgroup.attach(program, group, type));
    }
  }

  private Attachment attachSockets(ProgramSchema schema, BpfProgram program, LoadedObject loaded)
      throws StartException {
    List<BpfMap> maps = new ArrayList<>();
    for (BpfMap map : loaded.maps().values()) {
      if (map.type() == MapType.SOCKMAP || map.type() == MapType.SOCKHASH) {
        maps.add(map);
      }
    }
    @Nullable AttachType type = object.attachType(schema);
    if (maps.size() != 1 || type == null) {
      throw unsupported(schema, "it needs exactly one sockmap or sockhash in its unit");
    }
    return SocketMap.attach(program, maps.getFirst(), type);
  }
}
