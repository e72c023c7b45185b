package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.form.SpecificationPrograms;
import dev.whistler.tier.Tier;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same source gives the same bytes in virtual machines that differ in locale, time zone,
 * encoding, heap, collector, threads and identity hashes (section 21.7). {@code
 * -Dwhistler.determinism=N} takes N random programs.
 */
class DeterminismTest {
  private static final int RANDOM = Integer.getInteger("whistler.determinism", 60);

  @Test
  void sameBytesInDifferentVirtualMachines(@TempDir Path directory) throws Exception {
    List<String> one =
        digests(
            directory.resolve("one"),
            "1",
            List.of(
                "-Duser.language=en",
                "-Duser.country=US",
                "-Duser.timezone=UTC",
                "-Xmx1g",
                "-XX:+UseSerialGC"));
    List<String> other =
        digests(
            directory.resolve("other"),
            "4",
            List.of(
                // Turkish has its own idea of the lower case of I, Arabic of digits.
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Duser.language.format=ar",
                "-Duser.country.format=EG",
                "-Duser.timezone=Asia/Kathmandu",
                "-Dfile.encoding=ISO-8859-1",
                "-Xmx256m",
                "-XX:+UseParallelGC",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=0"));
    assertThat(one)
        .hasSizeGreaterThanOrEqualTo(SpecificationPrograms.NAMES.size() + RANDOM)
        .isEqualTo(other);
    assertThat(one).filteredOn(line -> line.startsWith("f")).noneMatch(l -> l.contains("refused"));
  }

  private static List<String> digests(Path output, String threads, List<String> options)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(
        place(Compiler.class) + ":" + place(Tier.class) + ":" + place(DeterminismChild.class));
    command.add(DeterminismChild.class.getName());
    command.add(Integer.toString(RANDOM));
    command.add(threads);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120 + RANDOM, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output);
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
