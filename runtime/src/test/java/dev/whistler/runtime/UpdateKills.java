package dev.whistler.runtime;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.runtime.deliver.SinkSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link UpdateKillTest} and the process that it kills agree on. */
final class UpdateKills {
  static final String UID = "uid-killed";

  private UpdateKills() {}

  /** Kinds of attachments. */
  enum Kind {
    TRACEPOINT(UpdateTest.Kind.TRACEPOINT),
    RAW_TRACEPOINT(UpdateTest.Kind.RAW_TRACEPOINT),
    UPROBE(UpdateTest.Kind.UPROBE),
    XDP(UpdateTest.Kind.XDP),
    TCX(UpdateTest.Kind.TCX),
    CGROUP(UpdateTest.Kind.CGROUP),
    /** A ring of another size: the former one is read to its end. */
    RESIZED(UpdateTest.Kind.TRACEPOINT),
    /** A filter without a link, as before Linux 6.6. */
    CLSACT(UpdateTest.Kind.TCX),
    /** Both revisions run for a moment. */
    BTF_TRACEPOINT(null),
    SK_LOOKUP(null),
    SOCKMAP(null),
    /** As before Linux 6.10. */
    SOCKMAP_WITHOUT_LINK(null),
    PERF_EVENT(null);

    private final UpdateTest.@Nullable Kind events;

    Kind(UpdateTest.@Nullable Kind events) {
      this.events = events;
    }

    /** Whether each event is reported once, whatever happens, so that they can be counted. */
    boolean isExact() {
      return events != null;
    }

    /** Whether what is attached ends with an orderly end of the process. */
    boolean hasNoLink() {
      return this == CLSACT || this == SOCKMAP_WITHOUT_LINK;
    }

    /** Whether its events are calls of kill. */
    boolean isOfCalls() {
      return (events != null && !events.ofPackets()) || this == BTF_TRACEPOINT;
    }

    boolean isOfPackets() {
      return events != null && events.ofPackets();
    }

    /** Why this machine cannot do it; empty if it can. */
    String missing() {
      return switch (this) {
        case UPROBE -> reason(LinkFeature.UPROBE_MULTI);
        case TCX -> reason(LinkFeature.TCX);
        case CGROUP, SOCKMAP, SOCKMAP_WITHOUT_LINK ->
            Cgroups.areMounted() ? "" : "no cgroup v2 mounted";
        default -> "";
      };
    }

    private static String reason(LinkFeature feature) {
      Probe probe = Features.link(feature);
      return probe.isSupported() ? "" : probe.reason();
    }

    byte[] object(long revision) {
      int ringBytes = this == RESIZED && revision == 2 ? 1 << 19 : 1 << 20;
      return switch (this) {
        case BTF_TRACEPOINT -> KillsObject.buildForBtfTracepoint(ringBytes);
        case SK_LOOKUP -> quiet("(defprog p (:type :sk-lookup) %s SK_PASS)");
        case PERF_EVENT -> quiet("(defprog p (:type :perf-event) %s 0)");
        case SOCKMAP, SOCKMAP_WITHOUT_LINK ->
            quiet(
                """
                (defmap sockets :type :sockmap :key-type u32 :value-type u32 :max-entries 4)
                (defprog p (:type :sk-msg) %s SK_PASS)
                """);
        default -> events().object(ringBytes);
      };
    }

    private UpdateTest.Kind events() {
      if (events == null) {
        throw new IllegalStateException(this + " has sources of its own");
      }
      return events;
    }

    private static byte[] quiet(String programs) {
      return Sources.compile(
          """
          (defstruct note (at u64))
          (defmap notes :type :ringbuf :max-entries 4096)
          """
              + programs.formatted(
                  "(with-ringbuf (e notes (sizeof note)) (setf (note-at e) (ktime-get-ns)))"));
    }

    List<AttachTarget> targets() {
      return events == null ? List.of() : events.targets();
    }

    /** Whether a system call fails for this kind, as kernels do that are too old for links. */
    boolean withoutLinks(String action) {
      return switch (this) {
        case CLSACT ->
            action.startsWith("attach ")
                && action.contains(" to interface ")
                && !action.endsWith("by clsact");
        case SOCKMAP_WITHOUT_LINK -> action.startsWith("link ") && action.contains(" to map ");
        default -> false;
      };
    }
  }

  static RunRequest request(
      Kind kind, byte[] object, long revision, Path pins, SinkSpec sink, long pid) {
    return RunRequest.of(object, new Identity("node-1", "kills", UID, revision))
        .withMaps(kind.isOfCalls() ? WantedProcesses.of(List.of(pid)) : List.of())
        .withAttach(kind.targets())
        .withSinks(List.of(sink))
        .withLimits(Limits.DEFAULT.withSinkPatience(Duration.ofSeconds(20)))
        .withPinDirectory(pins);
  }
}
