package dev.whistler.bpf.feature;

import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Tracing;
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
import org.jspecify.annotations.Nullable;

/**
 * Attaches a program that does nothing for a moment: whether a kernel has trampolines shows there
 * only. The targets are the functions that the kernel has for its own tests, where there is one.
 */
final class TracingProbe {
  /** r0 = 0; exit. */
  private static final byte[] RETURN_0 = {
    (byte) 0xb7, 0, 0, 0, 0, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0
  };

  private TracingProbe() {}

  static Probe probe(LinkFeature feature) {
    if (!KernelBtf.isPresent()) {
      return Probe.no("the kernel has no type information (CONFIG_DEBUG_INFO_BTF)");
    }
    ProgramSpec spec = spec(feature);
    if (spec == null) {
      return Probe.no("the kernel is built without what such programs attach to");
    }
    try (BpfProgram program = BpfProgram.load(spec);
        AutoCloseable _ = attach(feature, program)) {
      return Probe.yes();
    } catch (VerifierException e) {
      return Probe.no("the kernel does not load programs for it");
    } catch (UnsupportedException e) {
      boolean forbidden =
          e.getCause() instanceof SystemCallException cause && cause.errno() == Errno.EPERM;
      return forbidden && !mayTrace(feature)
          ? Probe.unknown(String.valueOf(e.getMessage()))
          : Probe.no(String.valueOf(e.getMessage()));
    } catch (BpfException e) {
      return Probe.unknown(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether this process has the rights that all of these need: what is refused nevertheless, the
   * kernel's policy forbids to everybody.
   */
  private static boolean mayTrace(LinkFeature refused) {
    return refused != LinkFeature.BTF_TRACEPOINT
        && Features.link(LinkFeature.BTF_TRACEPOINT).isSupported();
  }

  private static @Nullable ProgramSpec spec(LinkFeature feature) {
    ProgramType type = feature == LinkFeature.LSM ? ProgramType.LSM : ProgramType.TRACING;
    ProgramSpec spec = ProgramSpec.of("probe", type, RETURN_0, "GPL");
    return switch (feature) {
      case BTF_TRACEPOINT ->
          ProgramProbe.hooked(spec, "btf_trace_sched_process_fork", AttachType.TRACE_RAW_TP);
      case FENTRY -> ProgramProbe.hooked(spec, "bpf_fentry_test1", AttachType.TRACE_FENTRY);
      case FEXIT -> ProgramProbe.hooked(spec, "bpf_fentry_test1", AttachType.TRACE_FEXIT);
      case FMOD_RET ->
          ProgramProbe.hooked(spec, "bpf_modify_return_test", AttachType.MODIFY_RETURN);
      // A hook that hardly ever runs.
      case LSM -> ProgramProbe.hooked(spec, "bpf_lsm_quota_on", AttachType.LSM_MAC);
      case ITERATOR -> ProgramProbe.hooked(spec, "bpf_iter_bpf_map", AttachType.TRACE_ITER);
      default -> throw new IllegalArgumentException(feature + " is not traced");
    };
  }

  private static BpfLink attach(LinkFeature feature, BpfProgram program) {
    return feature == LinkFeature.ITERATOR
        ? BpfLink.of(
            LinkCalls.iterator(program.fd(), AttachType.TRACE_ITER.number(), null, "probe"))
        : Tracing.attach(program);
  }
}
