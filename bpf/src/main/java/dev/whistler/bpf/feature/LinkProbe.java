package dev.whistler.bpf.feature;

import dev.whistler.bpf.link.Kprobe;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Asks for links that cannot be, and looks at why the kernel refuses them. */
final class LinkProbe {
  private static final byte[] RETURN_1 = {
    (byte) 0xb7, 0, 0, 0, 1, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int NO_SUCH_INTERFACE = Integer.MAX_VALUE;

  /** Of a target that is no interface; an index and a descriptor have the same place. */
  private static final int NO_DESCRIPTOR = -1;

  private LinkProbe() {}

  static Probe probe(LinkFeature feature) {
    return switch (feature) {
      case KPROBE -> source("kprobe");
      case UPROBE -> source("uprobe");
      case UPROBE_MULTI ->
          attempt(
              ProgramType.KPROBE,
              AttachType.TRACE_UPROBE_MULTI,
              // A directory is no file to probe: EBADF from kernels that got as far as the path.
              program ->
                  LinkCalls.uprobes(
                      program.fd(),
                      AttachType.TRACE_UPROBE_MULTI.number(),
                      "/",
                      new long[1],
                      new long[0],
                      0,
                      0,
                      "probe"),
              Errno.EBADF);
      case KPROBE_MULTI ->
          attempt(
              ProgramType.KPROBE,
              AttachType.TRACE_KPROBE_MULTI,
              program ->
                  Kprobe.attachAll(program, List.of("no_such_kernel_function_at_all"), false),
              Errno.ESRCH);
      case TCX -> device(AttachType.TCX_INGRESS);
      case NETKIT -> device(AttachType.NETKIT_PRIMARY);
      case NETFILTER ->
          attempt(
              ProgramType.NETFILTER,
              AttachType.NETFILTER,
              program ->
                  LinkCalls.netfilter(
                      program.fd(), AttachType.NETFILTER.number(), 0, 0, 0, 0, "probe"),
              Errno.EAFNOSUPPORT);
      case TRACEPOINT -> source("tracepoint");
      case RAW_TRACEPOINT ->
          attempt(
              ProgramSpec.of("probe", ProgramType.RAW_TRACEPOINT, RETURN_1, "GPL"),
              program -> LinkCalls.rawTracepoint(program.fd(), "no_such_tracepoint", "probe"),
              Errno.ENOENT);
      case BTF_TRACEPOINT, FENTRY, FEXIT, FMOD_RET, LSM, ITERATOR -> TracingProbe.probe(feature);
      case CGROUP -> target(ProgramType.CGROUP_SKB, AttachType.CGROUP_INET_EGRESS);
      case NETWORK_NAMESPACE -> target(ProgramType.SK_LOOKUP, AttachType.SK_LOOKUP);
    };
  }

  private static Probe target(ProgramType type, AttachType attachType) {
    return attempt(
        type,
        attachType,
        program ->
            LinkCalls.onInterface(program.fd(), NO_DESCRIPTOR, attachType.number(), 0, "probe"),
        Errno.EBADF);
  }

  private static Probe device(AttachType attachType) {
    return attempt(
        ProgramType.SCHED_CLS,
        attachType,
        program ->
            LinkCalls.onInterface(program.fd(), NO_SUCH_INTERFACE, attachType.number(), 0, "probe"),
        Errno.ENODEV);
  }

  private static Probe source(String name) {
    return Files.exists(Path.of("/sys/bus/event_source/devices", name))
        ? Probe.yes()
        : Probe.no("the kernel is built without " + name + "s");
  }

  private interface Attempt {
    AutoCloseable link(BpfProgram program);
  }

  private static Probe attempt(
      ProgramType type, AttachType attachType, Attempt attempt, Errno expected) {
    return attempt(
        ProgramSpec.of("probe", type, RETURN_1, "GPL").withAttachType(attachType),
        attempt,
        expected);
  }

  private static Probe attempt(ProgramSpec spec, Attempt attempt, Errno expected) {
    try (BpfProgram program = BpfProgram.load(spec);
        AutoCloseable unexpected = attempt.link(program)) {
      return Probe.unknown("the kernel accepted " + unexpected);
    } catch (VerifierException e) {
      return Probe.no("the kernel does not load programs for it");
    } catch (SystemCallException e) {
      return verdict(e, expected);
    } catch (UnsupportedException e) {
      return e.getCause() instanceof SystemCallException cause
          ? verdict(cause, expected)
          : Probe.no(String.valueOf(e.getMessage()));
    } catch (BpfException e) {
      return Probe.unknown(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Probe verdict(SystemCallException e, Errno expected) {
    if (e.errno() == expected) {
      return Probe.yes();
    }
    return Probe.isSilentAboutTheKernel(e)
        ? Probe.unknown(String.valueOf(e.getMessage()))
        : Probe.no("the kernel does not know such links (" + e.errno() + ")");
  }
}
