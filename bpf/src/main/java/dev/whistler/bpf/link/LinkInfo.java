package dev.whistler.bpf.link;

import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.Structure;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * What the kernel says about a link (struct bpf_link_info).
 *
 * @param type link type
 * @param id unique while the link lives
 * @param programId the program that it runs; 0 once it is detached from some targets
 * @param details what follows in the kernel's structure, by type
 * @param countsMisses whether this kernel counts what tracepoints and kernel probes miss, in their
 *     programs and links (6.7)
 */
public record LinkInfo(LinkType type, int id, int programId, byte[] details, boolean countsMisses) {
  private static final int DETAILS_OFFSET = 16;

  /**
   * What the structure took before perf_event.kprobe.missed, its longest member then, came with the
   * counting of misses (Linux 6.7, include/uapi/linux/bpf.h).
   */
  private static final int BYTES_BEFORE_MISSED = 48;

  // From enum bpf_perf_event_type
  private static final int PERF_EVENT_KPROBE = 3;
  private static final int PERF_EVENT_KRETPROBE = 4;

  // Within the details
  private static final int KPROBE_MULTI_MISSED = 16;
  private static final int KPROBE_MISSED = 32;

  static LinkInfo of(Fd fd) {
    ObjectCalls.SizedInfo info = ObjectCalls.sizedInfo(ObjectCalls.Kind.LINK, fd);
    Structure s = new Structure(info.structure());
    byte[] details = Arrays.copyOfRange(info.structure(), DETAILS_OFFSET, info.structure().length);
    return new LinkInfo(
        LinkType.of(s.getInt(0)),
        s.getInt(4),
        s.getInt(8),
        details,
        info.knownBytes() > BYTES_BEFORE_MISSED);
  }

  /**
   * Hits that did not come as far as the program: within another probe, or for want of a return
   * probe's instance. What was left out because the program was running already, {@code
   * ProgramInfo} counts.
   *
   * @return empty where the kernel has no such count: other links than those of kernel probes, and
   *     before 6.7
   */
  public OptionalLong missed() {
    if (!countsMisses) {
      return OptionalLong.empty();
    }
    Structure counts = new Structure(details);
    return switch (type) {
      case KPROBE_MULTI -> OptionalLong.of(counts.getLong(KPROBE_MULTI_MISSED));
      case PERF_EVENT -> {
        int event = counts.getInt(0);
        yield event == PERF_EVENT_KPROBE || event == PERF_EVENT_KRETPROBE
            ? OptionalLong.of(counts.getLong(KPROBE_MISSED))
            : OptionalLong.empty();
      }
      default -> OptionalLong.empty();
    };
  }

  /** The interface index of an XDP, tcx or netkit link; 0 if the interface is gone. */
  public int interfaceIndex() {
    return new Structure(details).getInt(0);
  }

  /**
   * Whether the interface, cgroup or network namespace that the link was on is gone; the link lives
   * on without effect then. False for other types.
   */
  public boolean targetIsGone() {
    Structure target = new Structure(details);
    return switch (type) {
      case XDP, TCX, NETKIT, NETNS -> target.getInt(0) == 0;
      case CGROUP -> target.getLong(0) == 0;
      default -> false;
    };
  }
}
