package dev.whistler.runtime.deliver;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.SinkAccount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own that writes lines as fast as it can, to a file or to standard output. */
final class WritingProcess implements AutoCloseable {
  static final FileBounds BOUNDS = new FileBounds(4 << 20, 1);

  /** Longer than what a pipe takes in one piece. */
  private static final int LONG_LINE = 9000;

  private final Process process;

  private WritingProcess(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), WritingProcess.class.getName()));
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Writes without end. */
  static WritingProcess toFile(Path file) throws IOException {
    return new WritingProcess("file", file.toString());
  }

  /** So many sinks write so many lines each, and the process ends. */
  static WritingProcess toStdout(int sinks, int lines) throws IOException {
    return new WritingProcess("stdout", Integer.toString(sinks), Integer.toString(lines));
  }

  InputStream output() {
    return process.getInputStream();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  /** Arguments as given by the factories. */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("file")) {
      toFileForEver(Path.of(arguments[1]));
    } else {
      toStdoutFromAll(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    }
  }

  private static void toFileForEver(Path path) throws IOException {
    String line = "{\"n\":0,\"text\":\"" + "x".repeat(3000) + "\"}\n";
    byte[] lines = line.repeat(100).getBytes(StandardCharsets.UTF_8);
    RecordFile file = RecordFile.open(path, BOUNDS);
    while (true) {
      file.write(ByteBuffer.wrap(lines));
    }
  }

  private static void toStdoutFromAll(int sinks, int lines) throws Exception {
    List<Thread> programs = new ArrayList<>();
    for (int sink = 0; sink < sinks; sink++) {
      String line = "{\"n\":" + sink + ",\"text\":\"" + "x".repeat(LONG_LINE) + "\"}\n";
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      Delivery delivery =
          Delivery.open(new SinkSpec.Stdout(), 1 << 20, new SinkAccount("stdout", 1), _ -> {});
      programs.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    LineBatch batch = new LineBatch(bytes.length);
                    for (int i = 0; i < lines; i++) {
                      batch.clear();
                      batch.add(0, bytes, 0, bytes.length);
                      delivery.offer(batch, new Waits());
                    }
                    delivery.stop(java.time.Duration.ofMinutes(1));
                  }));
    }
    for (Thread program : programs) {
      program.join();
    }
  }

  private record Waits() implements Patience {
    @Override
    public long waitNanos() {
      return TimeUnit.MINUTES.toNanos(1);
    }

    @Override
    public LossReason refusal() {
      return LossReason.QUEUE_FULL;
    }
  }
}
