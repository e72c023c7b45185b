package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A pair of interfaces, eth0 and far0, in a network name space of its own, on which programs run
 * and real frames are sent.
 */
final class Wire implements AutoCloseable {
  /** Enough for frames that the kernel does not keep in one piece; XDP takes less on veth. */
  static final int JUMBO_MTU = 9000;

  static final int MTU = 1500;

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final long LIMIT_S = 120;

  private final Process frames;
  private final BufferedReader verdicts;
  private final Path folder;
  private final List<Run> runs = new ArrayList<>();

  /** A command line that runs on the wire, and where its output goes. */
  private record Run(Process process, Path out) {
    String end() throws IOException, InterruptedException {
      process.destroy();
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended").isTrue();
      return Files.readString(out);
    }
  }

  Wire(Path folder, int mtu) throws IOException {
    this.folder = folder;
    Path script = folder.resolve("wire.py");
    try (var text = Wire.class.getResourceAsStream("wire.py")) {
      Files.write(script, text.readAllBytes());
    }
    frames =
        new ProcessBuilder("unshare", "-n", "python3", script.toString(), Integer.toString(mtu))
            .redirectError(folder.resolve("wire.err").toFile())
            .start();
    verdicts = frames.inputReader();
    assertThat(verdicts.readLine()).as(said()).isEqualTo("ready");
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("wire.err"));
  }

  /** Starts {@code whistler run}; returns when its program is attached. */
  void run(String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("out" + runs.size());
    List<String> command =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--net=/proc/" + frames.pid() + "/ns/net",
                "env",
                "--default-signal=INT,TERM"));
    List<String> java = JavaCommand.of(Main.class, "run");
    command.add(java.getFirst());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(java.subList(1, java.size()));
    Collections.addAll(command, arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    runs.add(new Run(process, out));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (HeldObject.of(process).stream().noneMatch(o -> o.kind().equals(HeldObject.LINK))) {
      assertThat(process.isAlive() && System.nanoTime() < end).as(Files.readString(out)).isTrue();
      Thread.sleep(20);
    }
  }

  /** Sends frames; which of them arrived, by their names. */
  Map<String, Boolean> send(String from, String to, Map<String, byte[]> sent) throws IOException {
    Map<String, Boolean> passed = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> frame : sent.entrySet()) {
      var input = frames.outputWriter();
      input.write(from + " " + to + " " + HexFormat.of().formatHex(frame.getValue()) + "\n");
      input.flush();
      String verdict = verdicts.readLine();
      assertThat(verdict).as(said()).isIn("passed", "dropped");
      passed.put(frame.getKey(), verdict.equals("passed"));
    }
    return passed;
  }

  /** Ends what was started first; its output, the tables of its maps among it. */
  String end() throws IOException, InterruptedException {
    return runs.removeFirst().end();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (Run run : runs) {
      var _ = run.end();
    }
    frames.destroyForcibly().waitFor();
  }
}
