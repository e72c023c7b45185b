package dev.whistler.cli.start;

import dev.whistler.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs what calls usually run, while the JVM records for its class cache. */
public final class Training {
  private Training() {}

  /**
   * Takes the directory of the examples. Commands may fail, as on a machine without rights; what
   * they did until then is recorded.
   *
   * @throws IOException if no temporary file can be made
   */
  public static void main(String[] arguments) throws IOException {
    Path examples = Path.of(arguments[0]);
    String program = examples.resolve("forks.lisp").toString();
    String packets = examples.resolve("xdp-protocols.lisp").toString();
    Path object = Files.createTempFile("whistler-training-", ".o");
    try {
      for (List<String> command :
          List.of(
              List.of("compile", packets, "--kernel", "none", "-o", object.toString()),
              List.of("compile", program, "-o", object.toString()),
              List.of("compile", program, "--emit", "asm"),
              List.of("check", program),
              List.of("check", examples.resolve("no-such-file.lisp").toString()),
              List.of("disasm", object.toString()),
              List.of("--help"))) {
        int ignored = Main.execute(command.toArray(String[]::new));
      }
    } finally {
      Files.delete(object);
    }
    // As the command line ends: the JVM loads some classes for that, too.
    System.exit(0);
  }
}
