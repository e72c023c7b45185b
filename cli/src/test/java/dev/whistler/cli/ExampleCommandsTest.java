package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each example runs as its own comment says, word for word but for the time: in name spaces where
 * there is an interface eth0 and where /sys/fs/cgroup is a control group of the test's own.
 */
@Timeout(300)
class ExampleCommandsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern COMMAND = Pattern.compile("(?m)^;;; (\\./whistler run .*)$");
  private static final long LIMIT_S = 120;

  /** Where control groups of version 2 are. */
  private static final Path GROUPS =
      Files.exists(Path.of("/sys/fs/cgroup/unified"))
          ? Path.of("/sys/fs/cgroup/unified")
          : Path.of("/sys/fs/cgroup");

  /** The group in which a process makes a name space of groups is the root in it. */
  private static final String OWN_ROOT =
      "echo $$ > $GROUP/cgroup.procs && exec unshare -n -m -C sh -c \"$1\"";

  /**
   * Stands for the launcher; what comes before it makes the machine of which the comment speaks.
   */
  private static final String MACHINE =
      """
      set -e
      mount --make-rprivate /
      mount -t cgroup2 none /sys/fs/cgroup
      ip link set lo up
      ip link add eth0 type veth peer name far0
      ip link set eth0 up
      ip link set far0 up
      eval "set -- $COMMAND"
      shift
      exec $JAVA "$@" --for 1s
      """;

  @TempDir Path folder;

  record Shown(Path example, String command) {
    @Override
    public String toString() {
      return command;
    }
  }

  static List<Shown> commands() throws IOException {
    List<Shown> shown = new ArrayList<>();
    try (Stream<Path> files = Files.list(ROOT.resolve("examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".lisp")).sorted().toList()) {
        Matcher command = COMMAND.matcher(Files.readString(file));
        assertThat(command.find()).as("a command in " + file).isTrue();
        do {
          shown.add(new Shown(file, command.group(1)));
        } while (command.find());
      }
    }
    return shown;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void runsAsItSays(Shown shown) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "programs are loaded by root");
    assertThat(shown.command()).contains(" examples/" + shown.example().getFileName());
    assumeTrue(
        !Files.readString(shown.example()).contains("kprobe/")
            || Files.exists(Path.of("/sys/bus/event_source/devices/kprobe")),
        "this kernel is built without kprobes");
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", OWN_ROOT, "sh", MACHINE)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("COMMAND", shown.command());
    builder
        .environment()
        .put(
            "JAVA",
            String.join(" ", JavaCommand.of(Main.class))
                .replace(" -cp ", " -XX:TieredStopAtLevel=1 -cp "));
    assumeTrue(Files.isWritable(GROUPS.resolve("cgroup.procs")), "no cgroup v2 at " + GROUPS);
    Path group =
        Files.createDirectory(GROUPS.resolve("whistler-shown-" + ProcessHandle.current().pid()));
    builder.environment().put("GROUP", group.toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
      assertThat(Files.readString(log)).doesNotContain("\tat ");
    } finally {
      process.destroyForcibly().waitFor();
      Files.delete(group);
    }
  }
}
