package dev.whistler.bpf.feature;

import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramFlags;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import org.jspecify.annotations.Nullable;

/** Loads programs of two or three instructions and looks at what the verifier says. */
final class ProgramProbe {
  private static final byte[] MOVE_0 = {(byte) 0xb7, 0, 0, 0, 0, 0, 0, 0};
  private static final byte[] EXIT = {(byte) 0x95, 0, 0, 0, 0, 0, 0, 0};

  /** if r0 < 0 goto +0 (unsigned, v2). */
  private static final byte[] JUMP_LESS = {(byte) 0xa5, 0, 0, 0, 0, 0, 0, 0};

  /** if w0 == 0 goto +0 (v3). */
  private static final byte[] JUMP_32 = {0x16, 0, 0, 0, 0, 0, 0, 0};

  /** r0 = (s8)r0 (v4). */
  private static final byte[] MOVE_SIGN_EXTENDED = {(byte) 0xbf, 0, 8, 0, 0, 0, 0, 0};

  private ProgramProbe() {}

  static Probe type(ProgramType type) {
    ProgramSpec spec = spec(type, null, join(MOVE_0, EXIT));
    if (spec == null) {
      return Probe.unknown("such programs need a target that this probe cannot give");
    }
    try {
      BpfProgram.load(spec).close();
      return Probe.yes();
    } catch (VerifierException e) {
      // The verifier had a look at it: the kernel knows the type.
      return e.log().isEmpty() && e.errno() == Errno.EINVAL
          ? Probe.no("the kernel does not know this program type")
          : Probe.yes();
    } catch (UnsupportedException | SystemCallException e) {
      return Probe.unknown(String.valueOf(e.getMessage()));
    }
  }

  static Probe helper(ProgramType type, @Nullable AttachType attachType, int helper) {
    byte[] call = {(byte) 0x85, 0, 0, 0, (byte) helper, (byte) (helper >> 8), 0, 0};
    ProgramSpec spec = spec(type, attachType, join(call, EXIT));
    if (spec == null) {
      return Probe.unknown("such programs need a target that this probe cannot give");
    }
    try {
      BpfProgram.load(spec).close();
      return Probe.yes();
    } catch (VerifierException e) {
      String log = e.log();
      if (log.isEmpty()) {
        return Probe.no("the kernel does not know this program type");
      }
      boolean refused =
          log.contains("invalid func ")
              || log.contains("unknown func ")
              || log.contains("program of this type cannot use helper");
      // Any other complaint is about the arguments, which this probe does not have.
      return refused ? Probe.no("programs of this type may not call it") : Probe.yes();
    } catch (UnsupportedException | SystemCallException e) {
      return Probe.unknown(String.valueOf(e.getMessage()));
    }
  }

  static Probe instructionSet(int version) {
    byte[] code =
        switch (version) {
          case 1 -> join(MOVE_0, EXIT);
          case 2 -> join(MOVE_0, JUMP_LESS, EXIT);
          case 3 -> join(MOVE_0, JUMP_32, EXIT);
          case 4 -> join(MOVE_0, MOVE_SIGN_EXTENDED, EXIT);
          default -> throw new IllegalArgumentException("there is no version " + version);
        };
    try {
      BpfProgram.load(ProgramSpec.of("probe", ProgramType.SOCKET_FILTER, code, "GPL")).close();
      return Probe.yes();
    } catch (VerifierException e) {
      return Probe.no(String.valueOf(e.getMessage()));
    } catch (BpfException e) {
      return Probe.unknown(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable ProgramSpec spec(
      ProgramType type, @Nullable AttachType attachType, byte[] code) {
    ProgramSpec spec = ProgramSpec.of("probe", type, code, "GPL");
    return switch (type) {
      case UNSPEC, EXT, STRUCT_OPS -> null;
      case TRACING -> tracing(spec, attachType == null ? AttachType.TRACE_RAW_TP : attachType);
      case LSM -> hooked(spec, "bpf_lsm_file_open", AttachType.LSM_MAC);
      case SYSCALL -> spec.withFlags(ProgramFlags.SLEEPABLE);
      case CGROUP_SOCK_ADDR -> spec.withAttachType(AttachType.CGROUP_INET4_CONNECT);
      case CGROUP_SOCKOPT -> spec.withAttachType(AttachType.CGROUP_GETSOCKOPT);
      case CGROUP_SOCK -> spec.withAttachType(AttachType.CGROUP_INET_SOCK_CREATE);
      case SK_LOOKUP -> spec.withAttachType(AttachType.SK_LOOKUP);
      case SK_REUSEPORT -> spec.withAttachType(AttachType.SK_REUSEPORT_SELECT);
      case NETFILTER -> spec.withAttachType(AttachType.NETFILTER);
      case FLOW_DISSECTOR -> spec.withAttachType(AttachType.FLOW_DISSECTOR);
      default -> spec;
    };
  }

  private static @Nullable ProgramSpec tracing(ProgramSpec spec, AttachType attachType) {
    return switch (attachType) {
      case TRACE_RAW_TP -> hooked(spec, "btf_trace_sched_process_fork", attachType);
      case TRACE_ITER -> hooked(spec, "bpf_iter_bpf_map", attachType);
      case TRACE_FENTRY, TRACE_FEXIT -> hooked(spec, "vfs_read", attachType);
      // Only functions that allow error injection can be modified; the system calls do.
      case MODIFY_RETURN -> hooked(spec, systemCall("getpgid"), attachType);
      default -> null;
    };
  }

  /** The function behind a system call, which is called otherwise on each architecture. */
  private static String systemCall(String name) {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    return (arm ? "__arm64_sys_" : "__x64_sys_") + name;
  }

  /** The program with a function of the kernel as its target; null where its types lack it. */
  static @Nullable ProgramSpec hooked(ProgramSpec spec, String name, AttachType attachType) {
    if (!KernelBtf.isPresent()) {
      return null;
    }
    var id = KernelBtf.running().find(name, BtfType.class);
    return id.isPresent() ? spec.withAttachType(attachType).withTarget(id.getAsInt(), null) : null;
  }

  private static byte[] join(byte[]... parts) {
    byte[] all = new byte[parts.length * 8];
    for (int i = 0; i < parts.length; i++) {
      System.arraycopy(parts[i], 0, all, i * 8, 8);
    }
    return all;
  }
}
