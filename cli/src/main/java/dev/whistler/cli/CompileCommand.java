package dev.whistler.cli;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.declaration.Declarations;
import dev.whistler.compiler.declaration.Language;
import dev.whistler.compiler.object.Disassembler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code whistler compile}: sources to one object. */
@Command(
    name = "compile",
    mixinStandardHelpOptions = true,
    description = "Compiles source files to one eBPF object.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  whistler compile examples/forks.lisp -o forks.o",
      "  whistler compile examples/forks.lisp --kernel 6.1.json.gz --emit asm",
    })
final class CompileCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin SourceOptions source;
  @Mixin DiagnosticOptions diagnostics;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "where to; '-' is standard output (default: SRC with .o; text to standard output)")
  @Nullable Path output;

  @Option(
      names = "--kernel",
      paramLabel = "KERNEL",
      defaultValue = "host",
      description = KernelChoice.OPTION_HELP)
  String kernel = "host";

  @Option(
      names = "--emit",
      paramLabel = "WHAT",
      defaultValue = "object",
      description = {
        "object (default), asm (instructions with source lines), schema (JSON), or",
        "header:LANG (types of the structs in c, java, go, rust or python)",
      })
  String emit = "object";

  @Override
  public Integer call() {
    Optional<Language> language =
        emit.startsWith("header:") ? Language.named(emit.substring(7)) : Optional.empty();
    if (!List.of("object", "asm", "schema").contains(emit) && language.isEmpty()) {
      throw CommandFailure.usage(
          "--emit takes object, asm, schema or header:LANG with c, java, go, rust or python, not "
              + emit);
    }
    CompilationRequest request = source.request(KernelChoice.of(kernel));
    CompilationResult result = Compiler.compile(request);
    PrintWriter err = spec.commandLine().getErr();
    diagnostics.print(request.sources(), result.diagnostics(), err);
    result.notes().forEach(note -> err.println("note: " + note));
    if (result.object().isEmpty()) {
      return CommandFailure.BAD_INPUT;
    }
    CompiledObject object = result.object().get();
    switch (emit) {
      case "object" -> write(object.elf(), output == null ? objectName() : output);
      case "asm" -> writeText(Disassembler.disassemble(object.elf()));
      case "schema" -> writeText(object.schema() + "\n");
      default ->
          writeText(
              Declarations.write(
                  language.orElseThrow(), object.schema(), baseName().replace('-', '_')));
    }
    return 0;
  }

  private Path objectName() {
    return Path.of(baseName() + ".o");
  }

  /** The first source's name without its ending. */
  private String baseName() {
    String name = String.valueOf(source.sources.getFirst().getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private void writeText(String text) {
    if (output == null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    } else {
      write(text.getBytes(StandardCharsets.UTF_8), output);
    }
  }

  private static void write(byte[] bytes, Path file) {
    try {
      if (file.toString().equals("-")) {
        System.out.write(bytes);
        System.out.flush();
      } else {
        Files.write(file, bytes);
      }
    } catch (IOException e) {
      throw CommandFailure.machine("cannot write " + file + ": " + e.getMessage());
    }
  }
}
