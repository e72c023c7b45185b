package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As much kernel as the language allows, made to cost as much memory as it can. */
class LargeKernelTest {
  private static final String HEAP = "-Xmx512m";

  /** Of the whole process (section 22: memory stays proportional to the limits), in KiB. */
  private static final long MOST_RESIDENT = 512 << 10;

  private static final int LIMIT = 64 << 20;

  @TempDir Path folder;

  /** Millions of types of 12 bytes, each with a name, in which every kind of name is looked for. */
  @Test
  void sixtyFourMebibytesOfTypesFitTheHeap() throws Exception {
    assertThat(check(types(4)))
        .contains("E-KSTRUCT: the kernel has no struct no_such_struct")
        .doesNotContain("OutOfMemoryError");
  }

  @Test
  void sixtyFourMebibytesOfFunctionsFitTheHeap() throws Exception {
    assertThat(check(types(12)))
        .contains(
            "E-KSTRUCT: the kernel has no struct no_such_struct",
            "E-TP: the kernel has no function")
        .doesNotContain("OutOfMemoryError");
  }

  private String check(byte[] btf) throws IOException, InterruptedException {
    Path kernel =
        Files.write(
            folder.resolve("kernel.json.gz"),
            new KernelFile("x86-64", "large", new TreeMap<>(), btf, null).toBytes());
    Path source =
        Files.writeString(
            folder.resolve("p.lisp"),
            """
            (import-kernel-struct no-such-struct f)
            (defprog p (:section "fentry/no_such_function") 0)
            (defprog q (:section "raw_tp/no_such_event") 0)
            """);
    List<String> command =
        JavaCommand.of(Main.class, "check", "--kernel", kernel.toString(), source.toString());
    command.add(1, HEAP);
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    long peak = 0;
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (!process.waitFor(10, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline) {
      peak = Math.max(peak, peakResident(process));
    }
    boolean ended = !process.isAlive();
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(peak).as("most KiB in memory").isPositive().isLessThanOrEqualTo(MOST_RESIDENT);
    return Files.readString(output);
  }

  /** The kernel's own note of the most memory that a process had, in KiB; 0 once it ended. */
  private static long peakResident(Process process) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (NoSuchFileException | UncheckedIOException e) {
      return 0;
    }
  }

  /** One type of a kind after the other; names differ, as far as 24 MiB of strings last. */
  private static byte[] types(int kind) {
    int strings = 24 << 20;
    int count = (LIMIT - 24 - strings) / 12;
    ByteBuffer out = ByteBuffer.allocate(24 + 12 * count + strings);
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0xeB9F).put((byte) 1).put((byte) 0).putInt(24).putInt(0);
    out.putInt(12 * count).putInt(12 * count).putInt(strings);
    int name = 1;
    for (int i = 0; i < count; i++) {
      out.putInt(name).putInt(kind << 24).putInt(kind == 4 ? 4 : 0);
      name += 7;
    }
    out.position(24 + 12 * count + 1);
    for (int i = 0; out.remaining() >= 7; i++) {
      for (int digit = 0; digit < 6; digit++) {
        out.put((byte) ('a' + (i >>> 4 * digit & 0xf)));
      }
      out.put((byte) 0);
    }
    return out.array();
  }
}
