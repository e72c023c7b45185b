package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.SystemCallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link in the kernel, held by a file descriptor. The program is attached as long as the link
 * lives: until the last descriptor and pin of it are gone.
 */
public final class BpfLink implements Exchangeable {
  /** Much longer than a grace period of the kernel takes. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Fd fd;
  private final LinkInfo info;

  private BpfLink(Fd fd, LinkInfo info) {
    this.fd = fd;
    this.info = info;
  }

  /**
   * Takes over a descriptor of a link, as one opened from a pin.
   *
   * @throws SystemCallException if it is no link; the descriptor is closed then
   */
  public static BpfLink of(Fd fd) {
    try {
      return new BpfLink(fd, LinkInfo.of(fd));
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** Opens a link by its id, or returns null if it is gone. Needs CAP_SYS_ADMIN. */
  public static @Nullable BpfLink open(int id) {
    Fd fd = ObjectCalls.open(ObjectCalls.Kind.LINK, id);
    return fd == null ? null : of(fd);
  }

  /** The ids of all links of the machine. Needs CAP_SYS_ADMIN. */
  public static List<Integer> ids() {
    List<Integer> ids = new ArrayList<>();
    int id = 0;
    while ((id = ObjectCalls.nextId(ObjectCalls.Kind.LINK, id)) != 0) {
      ids.add(id);
    }
    return ids;
  }

  /** The descriptor, which this link goes on owning. */
  public Fd fd() {
    return fd;
  }

  /** The type. */
  public LinkType type() {
    return info.type();
  }

  /** The id, unique while the link lives. */
  public int id() {
    return info.id();
  }

  /** What the kernel says now. */
  public LinkInfo info() {
    return LinkInfo.of(fd);
  }

  /**
   * Runs another program of the same type from now on, without a gap.
   *
   * @throws SystemCallException EINVAL if the link's type cannot do that, as perf event links
   */
  @Override
  public void update(BpfProgram program) {
    LinkCalls.update(fd, program.fd(), "replace the program of " + this + " by " + program);
  }

  /**
   * Detaches the program although pins or other descriptors of the link live on.
   *
   * @throws SystemCallException EOPNOTSUPP if the link's type cannot do that
   */
  public void detach() {
    LinkCalls.detach(fd, "detach " + this);
  }

  /** Detaches if nothing else holds the link; what the kernel has to wait for then has a bound. */
  @Override
  public void close() {
    switch (type()) {
      case PERF_EVENT, UPROBE_MULTI -> fd.close(CLOSE_LIMIT);
      default -> fd.close();
    }
  }

  @Override
  public String toString() {
    return "link " + info.id() + " (" + info.type() + ")";
  }
}
