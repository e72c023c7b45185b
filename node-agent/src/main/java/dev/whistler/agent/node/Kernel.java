package dev.whistler.agent.node;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.MalformedContentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The running kernel as the API server is told of it.
 *
 * @param name of its KernelProfile
 * @param profile the profile itself
 */
public record Kernel(String name, KernelProfileSpec profile) {

  /** A line of {@code dynamic_events}: kind, category and event (kernel, trace_dynevent.h). */
  private static final Pattern MADE = Pattern.compile("[a-z][0-9]*:([^/ \\t]+/[^ \\t]+)");

  /**
   * Describes the kernel on which this process runs.
   *
   * @throws BpfException when its tracepoints cannot be read
   * @throws MalformedContentException when they are more than an object holds
   */
  public static Kernel read(Machine machine) throws MalformedContentException {
    Map<String, String> formats = new TreeMap<>();
    try (Tracefs tracefs = Tracefs.open()) {
      Set<String> made = madeAtRunTime(tracefs.root());
      for (Tracefs.Event event : tracefs.events()) {
        if (made.contains(event.toString())) {
          continue;
        }
        // One that is gone by now belonged to a module that was unloaded meanwhile.
        tracefs
            .format(event.category(), event.name())
            .ifPresent(text -> formats.put(event.toString(), text));
      }
    }
    return of(machine.architecture(), formats, Set.of());
  }

  /**
   * Events that tools of this machine have made, as {@code category/event}: the probes among them
   * may be in any category, also in one of the kernel's.
   */
  private static Set<String> madeAtRunTime(Path tracefs) {
    try (Stream<String> lines = Files.lines(tracefs.resolve("dynamic_events"))) {
      return lines.flatMap(line -> named(line).stream()).collect(Collectors.toSet());
    } catch (IOException | UncheckedIOException e) {
      // A kernel without such events, or one that does not tell us.
      return Set.of();
    }
  }

  /**
   * {@code p:probes/open do_sys_open}, {@code r16:probes/ret …}; others have categories of theirs.
   */
  static Optional<String> named(String line) {
    Matcher matcher = MADE.matcher(line);
    return matcher.lookingAt() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * @param architecture {@code x86-64} or {@code arm64}
   * @param formats text of each format file, by {@code category/event}
   * @param features what probes found, such as {@code map:27}
   * @throws MalformedContentException when the formats are more than an object holds
   */
  static Kernel of(String architecture, Map<String, String> formats, Set<String> features)
      throws MalformedContentException {
    KernelProfileContent content = KernelProfileContent.of(architecture, formats, features);
    return new Kernel(content.digest().name(), content.toSpec());
  }
}
