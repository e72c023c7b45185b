package dev.whistler.runtime.derive;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.object.SectionKind;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import org.jspecify.annotations.Nullable;

/** What a section's name says by libbpf's conventions, as the {@code attach} of a schema. */
final class DerivedAttach {
  private final SectionKind kind;

  /** What the section begins with, whether its programs may sleep or not. */
  private final String name;

  private final String target;

  private DerivedAttach(BpfObject.Program program) {
    kind = program.kind();
    target = kind.target();
    String section = program.section();
    String head =
        target.isEmpty() ? section : section.substring(0, section.length() - target.length() - 1);
    name = head.endsWith(".s") ? head.substring(0, head.length() - 2) : head;
  }

  /**
   * @param called whether the program stands in a slot for tail calls, and need not be attached
   */
  static ObjectNode of(BpfObject.Program program, boolean called) throws StartException {
    ObjectNode attach = new DerivedAttach(program).node();
    if (attach == null) {
      if (!called) {
        throw new StartException(
            FailureReason.UNSUPPORTED,
            "Program %s with the section '%s' cannot be attached by this runtime."
                .formatted(program.name(), program.section()));
      }
      return of("none");
    }
    return attach;
  }

  private static ObjectNode of(String kind) {
    return JsonNodeFactory.instance.objectNode().put("kind", kind);
  }

  private @Nullable ObjectNode node() {
    return switch (kind.type()) {
      case TRACEPOINT -> {
        int slash = target.indexOf('/');
        yield of("tracepoint")
            .put("category", slash < 0 ? "" : target.substring(0, slash))
            .put("event", target.substring(slash + 1));
      }
      case RAW_TRACEPOINT, RAW_TRACEPOINT_WRITABLE ->
          of("raw-tracepoint")
              .put("event", target)
              .put("writable", kind.type() == ProgramType.RAW_TRACEPOINT_WRITABLE);
      case KPROBE -> probe();
      case TRACING -> of("tracing").put("mode", name.replace('_', '-')).put("target", target);
      case LSM -> of("lsm").put("hook", target);
      case XDP -> kind.attachType() == AttachType.XDP ? of("xdp").put("mode", "plain") : null;
      case SCHED_CLS -> traffic();
      case CGROUP_SKB,
          CGROUP_SOCK,
          CGROUP_SOCK_ADDR,
          CGROUP_SOCKOPT,
          CGROUP_SYSCTL,
          CGROUP_DEVICE,
          SOCK_OPS ->
          cgroup();
      case SK_LOOKUP -> of("sk-lookup");
      case SK_MSG, SK_SKB -> of("sockmap");
      case PERF_EVENT -> of("perf-event");
      default -> null;
    };
  }

  private ObjectNode cgroup() {
    ObjectNode node = of("cgroup");
    AttachType type = kind.attachType();
    return type == null ? node : node.put("attachType", type.number());
  }

  private @Nullable ObjectNode traffic() {
    AttachType type = kind.attachType();
    if (type == null) {
      boolean isDirection = target.equals("ingress") || target.equals("egress");
      return isDirection ? of("tc").put("direction", target) : of("tc");
    }
    return switch (type) {
      case TCX_INGRESS -> of("tc").put("direction", "ingress");
      case TCX_EGRESS -> of("tc").put("direction", "egress");
      default -> null;
    };
  }

  private @Nullable ObjectNode probe() {
    boolean onReturn = name.startsWith("kret") || name.startsWith("uret");
    boolean session = name.endsWith(".session");
    return switch (name) {
      case "kprobe", "kretprobe" -> {
        Place place = Place.of(target);
        yield of("kprobe")
            .put("function", place.symbol)
            .put("offset", place.offset)
            .put("return", onReturn);
      }
      case "ksyscall", "kretsyscall" -> of("ksyscall").put("name", target).put("return", onReturn);
      case "kprobe.multi", "kretprobe.multi", "kprobe.session" ->
          of("kprobe-multi").put("pattern", target).put("return", onReturn).put("session", session);
      case "uprobe", "uretprobe" -> {
        int colon = target.lastIndexOf(':');
        Place place = Place.of(target.substring(colon + 1));
        yield of("uprobe")
            .put("path", colon < 0 ? "" : target.substring(0, colon))
            .put("symbol", colon < 0 ? "" : place.symbol)
            .put("offset", place.offset)
            .put("return", onReturn);
      }
      case "uprobe.multi", "uretprobe.multi", "uprobe.session" -> {
        int colon = target.lastIndexOf(':');
        yield of("uprobe-multi")
            .put("path", colon < 0 ? "" : target.substring(0, colon))
            .put("pattern", target.substring(colon + 1))
            .put("return", onReturn)
            .put("session", session);
      }
      default -> null;
    };
  }

  /** A function and bytes from its beginning, as {@code vfs_read+0x10}. */
  private record Place(String symbol, long offset) {
    static Place of(String text) {
      int plus = text.lastIndexOf('+');
      try {
        return plus < 0
            ? new Place(text, 0)
            : new Place(text.substring(0, plus), Long.decode(text.substring(plus + 1)));
      } catch (NumberFormatException _) {
        return new Place(text, 0);
      }
    }
  }
}
