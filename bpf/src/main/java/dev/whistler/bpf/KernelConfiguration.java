package dev.whistler.bpf;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.prog.ProgramType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The numbers that an object may ask about the running kernel ({@code __kconfig}). */
final class KernelConfiguration {
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");
  private static final int GET_ATTACH_COOKIE = 174; // BPF_FUNC_get_attach_cookie

  private KernelConfiguration() {}

  /** The number of a name; 0 for one that is unknown. */
  static long value(String name) {
    return switch (name) {
      case "LINUX_KERNEL_VERSION" -> version(System.getProperty("os.version"));
      case "LINUX_HAS_BPF_COOKIE" ->
          Features.helper(ProgramType.KPROBE, GET_ATTACH_COOKIE).isSupported() ? 1 : 0;
      // x86-64 since 4.17, arm64 since 4.19: all kernels that this library runs on.
      case "LINUX_HAS_SYSCALL_WRAPPER" -> 1;
      default -> 0;
    };
  }

  /** KERNEL_VERSION of include/linux/version.h: a byte for each part, the last one cut to 255. */
  static int version(String release) {
    Matcher parts = RELEASE.matcher(release);
    if (!parts.matches()) {
      return 0;
    }
    int last = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
    return Integer.parseInt(parts.group(1)) << 16
        | Integer.parseInt(parts.group(2)) << 8
        | Math.min(last, 255);
  }
}
