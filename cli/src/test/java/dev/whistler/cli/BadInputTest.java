package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every bad input: one sentence that names cause and remedy, the right exit code, no stack trace.
 */
class BadInputTest {
  @TempDir Path folder;

  @Test
  void aFileThatDoesNotExist() {
    expect(
        CommandFailure.USAGE,
        "nowhere.lisp does not exist; check the name",
        check(Path.of("nowhere.lisp")));
  }

  @Test
  void aDirectory() {
    expect(CommandFailure.USAGE, folder + " is a directory; name a file", check(folder));
  }

  @Test
  void anEmptyFile() throws IOException {
    Path file = Files.createFile(folder.resolve("empty.lisp"));
    expectDiagnostic(file + ":1:1: error E-NOPROG: the unit defines no program", check(file));
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    Path file =
        Files.write(folder.resolve("latin1.lisp"), new byte[] {';', '\n', '(', (byte) 0xe4, ')'});
    expectDiagnostic(
        file + ":2:2: error E-READ: byte 0xe4 is not valid UTF-8; save the file as UTF-8",
        check(file));
  }

  @Test
  void aSourceOfTenMegabytes() throws IOException {
    Path file = Files.writeString(folder.resolve("large.lisp"), " ".repeat(10_000_000));
    expectDiagnostic(
        file + ":1:1: error E-LIMIT: the source is longer than 1048576 bytes", check(file));
  }

  @Test
  void aSourceOfJustTheLimit() throws IOException {
    String program = "(defprog p () 0)";
    Path file =
        Files.writeString(
            folder.resolve("full.lisp"),
            "\ufeff" + program + " ".repeat((1 << 20) - program.length()));
    assertThat(check(file).exitCode()).isZero();
    Files.writeString(file, Files.readString(file) + " ");
    expectDiagnostic(
        file + ":1:1: error E-LIMIT: the source is longer than 1048576 bytes", check(file));
  }

  /** The event and the cause are named, and the other kernel is checked all the same. */
  @Test
  void aKernelWithAFormatThatNoKernelWrites() throws IOException {
    Path source =
        Files.writeString(folder.resolve("p.lisp"), "(deftracepoint odd/event a)(defprog p () 0)");
    Path odd = kernel("9.9.9-odd", "no fields");
    Path good = kernel("9.9.9-good", "\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n");

    CommandLineRun run = CommandLineRun.of("check", "--kernel", odd, "--kernel", good, source);
    assertThat(run.exitCode()).isEqualTo(CommandFailure.BAD_INPUT);
    assertThat(run.err().lines())
        .first()
        .asString()
        .startsWith("whistler: kernel 9.9.9-odd: the format of \"odd/event\" has no fields; ");
    assertThat(run.err()).contains("kernel 9.9.9-good: ok").doesNotContain("\tat ");

    CommandLineRun compiled =
        CommandLineRun.of("compile", "-o", folder.resolve("p.o"), "--kernel", odd, source);
    assertThat(compiled.exitCode()).isEqualTo(CommandFailure.BAD_INPUT);
    assertThat(compiled.err())
        .startsWith("whistler: the format of \"odd/event\" has no fields; ")
        .doesNotContain("\tat ");
  }

  private Path kernel(String release, String format) throws IOException {
    return Files.write(
        folder.resolve(release + ".json.gz"),
        new KernelFile("x86-64", release, new TreeMap<>(Map.of("odd/event", format)), null, null)
            .toBytes());
  }

  @Test
  void aKernelFileThatIsNone() throws IOException {
    Path source = Files.writeString(folder.resolve("p.lisp"), "(defprog p () 0)");
    Path kernel = Files.writeString(folder.resolve("kernel.json.gz"), "no gzip");
    CommandLineRun run = CommandLineRun.of("check", "--kernel", kernel, source);
    assertThat(run.exitCode()).isEqualTo(CommandFailure.BAD_INPUT);
    assertThat(run.err()).startsWith("whistler: " + kernel + " is not a kernel file");
    assertThat(run.err()).doesNotContain("\tat ");
  }

  @Test
  void anObjectThatIsNone() throws IOException {
    Path file = Files.writeString(folder.resolve("text.o"), "hello");
    CommandLineRun run = CommandLineRun.of("disasm", file);
    assertThat(run.exitCode()).isEqualTo(CommandFailure.BAD_INPUT);
    assertThat(run.err()).startsWith("whistler: " + file + " is not an eBPF object");
    assertThat(run.err()).doesNotContain("\tat ");
  }

  @Test
  void optionsThatMakeNoSense() throws IOException {
    Path source = Files.writeString(folder.resolve("p.lisp"), "(defprog p () 0)");
    assertThat(CommandLineRun.of("run", "--for", "soon", source).exitCode())
        .isEqualTo(CommandFailure.USAGE);
    assertThat(CommandLineRun.of("run", "--attach", "p", source).exitCode())
        .isEqualTo(CommandFailure.USAGE);
    assertThat(CommandLineRun.of("check", "--kernel", "none", "--isa", "9", source).exitCode())
        .isEqualTo(CommandFailure.USAGE);
    assertThat(CommandLineRun.of("compiel").exitCode()).isEqualTo(CommandFailure.USAGE);
  }

  private static CommandLineRun check(Path source) {
    return CommandLineRun.of("check", "--kernel", "none", source);
  }

  private static void expectDiagnostic(String line, CommandLineRun run) {
    assertThat(run.out()).startsWith(line);
    assertThat(run.exitCode()).isEqualTo(CommandFailure.BAD_INPUT);
    assertThat(run.err()).isEqualTo("kernel none: does not compile" + System.lineSeparator());
  }

  private static void expect(int exitCode, String sentence, CommandLineRun run) {
    assertThat(run.err()).isEqualTo("whistler: " + sentence + System.lineSeparator());
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
  }
}
