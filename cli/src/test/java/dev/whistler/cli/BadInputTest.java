package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    expect(
        CommandFailure.BAD_INPUT,
        file + " is empty; a unit needs at least one defprog",
        check(file));
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    Path file = Files.write(folder.resolve("latin1.lisp"), new byte[] {'(', (byte) 0xe4, ')'});
    expect(
        CommandFailure.BAD_INPUT,
        file + " is not UTF-8 text; convert it, for instance with iconv",
        check(file));
  }

  @Test
  void aSourceOfTenMegabytes() throws IOException {
    Path file = Files.writeString(folder.resolve("large.lisp"), " ".repeat(10_000_000));
    expect(
        CommandFailure.BAD_INPUT,
        file + " is larger than 1024 KiB, the limit for source text",
        check(file));
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

  private static void expect(int exitCode, String sentence, CommandLineRun run) {
    assertThat(run.err()).isEqualTo("whistler: " + sentence + System.lineSeparator());
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
  }
}
