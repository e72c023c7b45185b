package dev.whistler.testbed.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.crds.KernelProfileContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel of which only the description exists.
 *
 * @param release what {@code uname -r} says there
 * @param content what its agent would read
 */
public record SyntheticKernel(String release, KernelProfileContent content) {
  /** Kernels of the same remainder by it have the same layout of forks. */
  public static final int FORK_LAYOUTS = 4;

  /** Kernels of the same quotient by {@link #FORK_LAYOUTS}, modulo this, have one of exits. */
  public static final int EXIT_LAYOUTS = 2;

  /** Events of a kernel of today. */
  public static final int USUAL_EVENTS = 2_300;

  private static final String FORK = "sched/sched_process_fork";
  private static final String EXIT = "sched/sched_process_exit";
  private static final int FIRST_FIELD = 8;
  private static final int STEP_BYTES = 4;
  private static final Pattern OFFSET = Pattern.compile("offset:(\\d+);");

  /** A Debian 6.1 kernel, as it was recorded: the two events that the examples use. */
  public static SyntheticKernel linux61() {
    JsonNode recorded;
    try (InputStream in = SyntheticKernel.class.getResourceAsStream("linux-6.1.json")) {
      recorded = new ObjectMapper().readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> formats = new TreeMap<>();
    recorded
        .get("formats")
        .properties()
        .forEach(format -> formats.put(format.getKey(), format.getValue().asText()));
    return new SyntheticKernel(
        recorded.get("release").asText(),
        KernelProfileContent.of(recorded.get("arch").asText(), formats, Set.of()));
  }

  /**
   * A kernel that differs from those of all other numbers. Some of them agree on where the fields
   * of a fork are, some on those of an exit, so that programs share objects.
   *
   * @param number from 0 on
   * @param events how many events it has beside the two that programs ask about
   */
  public static SyntheticKernel numbered(int number, int events) {
    SyntheticKernel base = linux61();
    Map<String, String> formats = new TreeMap<>();
    String fork = Objects.requireNonNull(base.content.formats().get(FORK));
    String exit = Objects.requireNonNull(base.content.formats().get(EXIT));
    formats.put(FORK, shifted(fork, forkLayout(number)));
    formats.put(EXIT, shifted(exit, exitLayout(number)));
    // Nobody asks about this one.
    formats.put("simulated/kernel", shifted(exit, number));
    for (int i = 0; i < events; i++) {
      String name = "event_%d".formatted(i);
      formats.put("simulated/" + name, shifted(fork, i % 7).replace("sched_process_fork", name));
    }
    return new SyntheticKernel(
        "6.%d.0-simulated".formatted(number),
        KernelProfileContent.of(base.content.architecture(), formats, Set.of()));
  }

  /** Which layout of forks the kernel of a number has. */
  public static int forkLayout(int number) {
    return number % FORK_LAYOUTS;
  }

  /** Which layout of exits the kernel of a number has. */
  public static int exitLayout(int number) {
    return number / FORK_LAYOUTS % EXIT_LAYOUTS;
  }

  /** The event's own fields, so many words further on. */
  private static String shifted(String format, int words) {
    Matcher offset = OFFSET.matcher(format);
    return offset.replaceAll(
        match -> {
          int at = Integer.parseInt(match.group(1));
          return "offset:%d;".formatted(at < FIRST_FIELD ? at : at + words * STEP_BYTES);
        });
  }

  /** The name of its KernelProfile. */
  public String profile() {
    return content.digest().name();
  }
}
