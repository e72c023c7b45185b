package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.KernelDescription.Answer;
import dev.whistler.compiler.kernel.KernelDescription.Target;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.AttachPoint;
import dev.whistler.compiler.table.ResolvedSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the kernel has what a section names (section 15.4): {@code E-TP} if it has not. */
public final class SectionTargets {
  /**
   * Groups of events that are no tracepoints. The kernel refuses programs of type tracepoint for
   * them (perf_event_set_bpf_prog, kernel/events/core.c): the first holds records of its own
   * tracers, the others are the default groups of events that users define.
   */
  private static final Map<String, String> OTHER_EVENTS =
      Map.of(
          "ftrace", "records of the kernel's own tracers, which take no programs",
          "kprobes", "kernel probes, which take programs of type :kprobe",
          "uprobes", "probes of programs, which take programs of type :kprobe",
          "synthetic", "made of other events and take no programs",
          "eprobes", "made of other events and take no programs",
          "user_events", "written by programs and take no programs of this type");

  private SectionTargets() {}

  /**
   * What is looked for.
   *
   * @param name as the kernel spells it
   * @param prefix of {@code name} that the section leaves out
   * @param what for messages
   */
  private record Wanted(Target kind, String name, String prefix, String what) {
    String shown() {
      return name.substring(prefix.length());
    }
  }

  static void check(ResolvedSection section, UnitContext unit, Origin program, Origin at) {
    Optional<Wanted> wanted = wanted(section);
    if (wanted.isEmpty()) {
      return;
    }
    String name = wanted.get().name();
    if (wanted.get().kind() == Target.TRACEPOINT) {
      String group = name.substring(0, name.indexOf('/'));
      if (OTHER_EVENTS.containsKey(group)) {
        unit.diagnostics()
            .report(Message.TRACEPOINT_GROUP_UNSUITABLE, at, group, OTHER_EVENTS.get(group));
        return;
      }
      Optional<TracepointImports.Event> imported = unit.tables().tracepoints().find(name);
      if (imported.isPresent()) {
        // A deftracepoint has said already whether the kernel has it, unless that is optional.
        if (!imported.get().exists()) {
          unit.diagnostics().report(Message.TRACEPOINT_OF_SECTION_UNKNOWN, program, name);
        }
        return;
      }
    }
    KernelDescription kernel = unit.request().kernel();
    if (kernel != null && kernel.target(wanted.get().kind(), name) == Answer.ABSENT) {
      unit.diagnostics()
          .report(
              unknown(wanted.get()),
              at,
              wanted.get().what(),
              wanted.get().shown(),
              near(wanted.get(), kernel));
    }
  }

  private static Message unknown(Wanted wanted) {
    return switch (wanted.kind()) {
      case TRACEPOINT -> Message.TARGET_UNKNOWN;
      case RAW_TRACEPOINT -> Message.TARGET_UNKNOWN_OR_UNLOADED;
      case FUNCTION ->
          wanted.prefix().isEmpty() ? Message.TARGET_UNKNOWN_OR_MODULE : Message.TARGET_UNKNOWN;
    };
  }

  private static Optional<Wanted> wanted(ResolvedSection section) {
    AttachPoint point = section.type().attachPoint();
    return section
        .target()
        .flatMap(
            name ->
                switch (point) {
                  case NONE -> Optional.empty();
                  case TRACEPOINT ->
                      Optional.of(new Wanted(Target.TRACEPOINT, name, "", "tracepoint"));
                  case RAW_TRACEPOINT ->
                      Optional.of(new Wanted(Target.RAW_TRACEPOINT, name, "", "tracepoint"));
                  case FUNCTION -> Optional.of(function(point, name, "function"));
                  case SECURITY_HOOK -> Optional.of(function(point, name, "security hook"));
                  case ITERATOR -> Optional.of(function(point, name, "iterator"));
                });
  }

  private static Wanted function(AttachPoint point, String name, String what) {
    String prefix = point.functionPrefix();
    return new Wanted(Target.FUNCTION, prefix + name, prefix, what);
  }

  private static @Nullable String near(Wanted wanted, KernelDescription kernel) {
    if (wanted.kind() == Target.TRACEPOINT) {
      return NearMatches.hint(TracepointDefinitions.eventMatches(wanted.name(), kernel));
    }
    String prefix = wanted.prefix();
    Iterable<String> names = kernel.targetNames(wanted.kind());
    if (prefix.isEmpty()) {
      return NearMatches.hint(NearMatches.ofKernel(wanted.shown(), names));
    }
    List<String> inside = new ArrayList<>();
    for (String name : names) {
      if (name.startsWith(prefix) && inside.size() < MAX_NAMES) {
        inside.add(name.substring(prefix.length()));
      }
    }
    return NearMatches.hint(NearMatches.ofKernel(wanted.shown(), inside));
  }

  /** Linux 6.18 has some 250 security hooks and 30 iterators. */
  private static final int MAX_NAMES = 10_000;
}
