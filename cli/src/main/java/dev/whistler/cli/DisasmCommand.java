package dev.whistler.cli;

import dev.whistler.compiler.object.Disassembler;
import dev.whistler.compiler.object.MalformedObjectException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code whistler disasm}: an object as text. */
@Command(
    name = "disasm",
    mixinStandardHelpOptions = true,
    description = "Prints an object's instructions with source lines and relocations.",
    footerHeading = "%nExample:%n",
    footer = "  whistler disasm forks.o")
final class DisasmCommand implements Callable<Integer> {
  private static final int OBJECT_LIMIT = 64 << 20;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "OBJECT", description = "an eBPF object file")
  Path object;

  @Override
  public Integer call() {
    byte[] bytes = SourceFiles.bytes(object, OBJECT_LIMIT, "an object");
    try {
      spec.commandLine().getOut().print(Disassembler.disassemble(bytes));
      spec.commandLine().getOut().flush();
      return 0;
    } catch (MalformedObjectException e) {
      throw CommandFailure.badInput(object + " is not an eBPF object: " + e.getMessage());
    }
  }
}
