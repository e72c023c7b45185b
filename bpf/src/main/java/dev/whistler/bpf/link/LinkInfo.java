package dev.whistler.bpf.link;

import dev.whistler.bpf.sys.Structure;
import java.util.Arrays;

/**
 * What the kernel says about a link (struct bpf_link_info).
 *
 * @param type link type
 * @param id unique while the link lives
 * @param programId the program that it runs; 0 once it is detached from some targets
 * @param details what follows in the kernel's structure, by type
 */
public record LinkInfo(LinkType type, int id, int programId, byte[] details) {
  private static final int DETAILS_OFFSET = 16;

  static LinkInfo parse(byte[] info) {
    Structure s = new Structure(info);
    byte[] details = Arrays.copyOfRange(info, DETAILS_OFFSET, info.length);
    return new LinkInfo(LinkType.of(s.getInt(0)), s.getInt(4), s.getInt(8), details);
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
