package dev.whistler.bpf.tracefs;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's tracing directory. Where it is mounted it is used; where it is not and the process
 * has CAP_SYS_ADMIN, it is opened for this process alone and nothing is mounted on the machine.
 */
public final class Tracefs implements AutoCloseable {
  private static final List<Path> PLACES =
      List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  /** A line of {@code dynamic_events}: kind, category and event (kernel, trace_dynevent.h). */
  private static final Pattern MADE = Pattern.compile("[a-z][0-9]*:([^/ \\t]+/[^ \\t]+)");

  /**
   * How the fields begin that all probes have and no other event: FIELD_STRING_IP and its like,
   * kernel/trace/trace_probe.h.
   */
  private static final String PROBE_FIELD = " __probe_";

  private static final int MAXIMUM_FORMAT_BYTES = 64 << 10;

  private final Path root;
  private final @Nullable DetachedMount mount;

  private Tracefs(Path root, @Nullable DetachedMount mount) {
    this.root = root;
    this.mount = mount;
  }

  /** A tracepoint's name. */
  public record Event(String category, String name) {
    @Override
    public String toString() {
      return category + "/" + name;
    }
  }

  /**
   * Opens the machine's tracing directory.
   *
   * @throws UnsupportedException if it is mounted nowhere and cannot be opened otherwise
   */
  public static Tracefs open() {
    for (Path place : PLACES) {
      if (Files.isReadable(place.resolve("events"))) {
        return new Tracefs(place, null);
      }
    }
    try {
      DetachedMount mount = DetachedMount.of("tracefs");
      return new Tracefs(mount.path(), mount);
    } catch (SystemCallException e) {
      throw new UnsupportedException(
          "tracefs is neither at /sys/kernel/tracing nor can this process open it ("
              + e.errno()
              + "); mount it: mount -t tracefs tracefs /sys/kernel/tracing",
          e);
    }
  }

  /** Uses a directory, as one mounted into a container. */
  public static Tracefs at(Path root) {
    return new Tracefs(root, null);
  }

  /** The directory. */
  public Path root() {
    return root;
  }

  /** All tracepoints, sorted; about 2,300 on an ordinary kernel. */
  public List<Event> events() {
    List<Event> events = new ArrayList<>();
    try (DirectoryStream<Path> categories = Files.newDirectoryStream(root.resolve("events"))) {
      for (Path category : categories) {
        if (Files.isDirectory(category)) {
          addEvents(category, events);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new BpfException("cannot list " + root.resolve("events"), e);
    }
    events.sort((a, b) -> a.toString().compareTo(b.toString()));
    return events;
  }

  /**
   * The text of the format files of the tracepoints of the kernel and its modules, by {@code
   * category/event}: of all {@link #events} but those that tools of this machine have made and that
   * are listed in {@code dynamic_events}. The probes among these may be in any category, also in
   * one of the kernel's. Events of user_events are listed without their category and remain.
   *
   * <p>Tools make and remove events while this reads. So what is new after it is left out, and what
   * is gone; and probes, which may come and go several times, by their own text.
   */
  public SortedMap<String, String> kernelFormats() {
    Set<String> made = new HashSet<>(madeAtRunTime());
    SortedMap<String, String> formats = new TreeMap<>();
    for (Event event : events()) {
      format(event.category(), event.name())
          .filter(text -> !text.contains(PROBE_FIELD))
          .ifPresent(text -> formats.put(event.toString(), text));
    }
    made.addAll(madeAtRunTime());
    formats.keySet().removeAll(made);
    formats.keySet().retainAll(events().stream().map(Event::toString).collect(Collectors.toSet()));
    return formats;
  }

  private Set<String> madeAtRunTime() {
    try (Stream<String> lines = Files.lines(root.resolve("dynamic_events"))) {
      return lines.flatMap(line -> madeBy(line).stream()).collect(Collectors.toSet());
    } catch (IOException | UncheckedIOException e) {
      // A kernel without such events, or one that does not tell us.
      return Set.of();
    }
  }

  /**
   * {@code p:probes/open do_sys_open}, {@code r16:probes/ret …}; others have categories of theirs.
   */
  static Optional<String> madeBy(String line) {
    Matcher matcher = MADE.matcher(line);
    return matcher.lookingAt() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static void addEvents(Path category, List<Event> events) throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(category)) {
      for (Path name : names) {
        if (Files.exists(name.resolve("format"))) {
          events.add(
              new Event(
                  String.valueOf(category.getFileName()), String.valueOf(name.getFileName())));
        }
      }
    } catch (NoSuchFileException e) {
      // The module that owned the category was unloaded meanwhile.
      return;
    } catch (DirectoryIteratorException e) {
      // The same, in the middle of it, unless something else is wrong.
      if (Files.isDirectory(category)) {
        throw e.getCause();
      }
    }
  }

  /**
   * The text of a tracepoint's format file.
   *
   * @return empty if this kernel has no such tracepoint
   */
  public Optional<String> format(String category, String name) {
    return read(category, name, "format");
  }

  /**
   * The number by which perf events name the tracepoint; changes from boot to boot.
   *
   * @throws UnsupportedException if this kernel has no such tracepoint
   */
  public int id(String category, String name) {
    String text =
        read(category, name, "id")
            .orElseThrow(
                () ->
                    new UnsupportedException(
                        "this kernel has no tracepoint " + category + "/" + name));
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new BpfException("the id of tracepoint " + category + "/" + name + " is no number", e);
    }
  }

  private Optional<String> read(String category, String name, String file) {
    if (!NAME.matcher(category).matches() || !NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    Path path = root.resolve("events").resolve(category).resolve(name).resolve(file);
    try (var in = Files.newInputStream(path)) {
      byte[] text = in.readNBytes(MAXIMUM_FORMAT_BYTES + 1);
      if (text.length > MAXIMUM_FORMAT_BYTES) {
        throw new BpfException(path + " is larger than 64 KiB");
      }
      return Optional.of(new String(text, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BpfException("cannot read " + path, e);
    }
  }

  @Override
  public void close() {
    if (mount != null) {
      mount.close();
    }
  }
}
