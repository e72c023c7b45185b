package dev.whistler.cli;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.MalformedKernelException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code whistler check}: diagnostics for each of several kernels. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Says what is wrong with source files, for each of several kernels.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  whistler check examples/forks.lisp",
      "  whistler check examples/forks.lisp --kernel host --kernel 6.1.json.gz",
    })
final class CheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin SourceOptions source;
  @Mixin DiagnosticOptions diagnostics;

  @Option(
      names = "--kernel",
      paramLabel = "KERNEL",
      description = KernelChoice.OPTION_HELP + "; repeatable")
  List<String> kernels = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean failed = false;
    for (String option : kernels.isEmpty() ? List.of("host") : kernels) {
      KernelChoice kernel = KernelChoice.of(option);
      CompilationRequest request = source.request(kernel);
      try {
        CompilationResult result = Compiler.compile(request);
        diagnostics.print(request.sources(), result.diagnostics(), out);
        failed |= result.object().isEmpty();
        spec.commandLine().getErr().println(summary(kernel, result));
      } catch (MalformedKernelException e) {
        // Says nothing about the other kernels.
        failed = true;
        spec.commandLine()
            .getErr()
            .println("whistler: kernel " + kernel.name() + ": " + Main.sentence(e));
      }
    }
    return failed ? CommandFailure.BAD_INPUT : 0;
  }

  private static String summary(KernelChoice kernel, CompilationResult result) {
    String on = "kernel " + kernel.name() + ": ";
    if (result.object().isEmpty()) {
      return on + "does not compile";
    }
    int instructions =
        result.object().get().programs().stream().mapToInt(p -> p.instructions()).sum();
    int programs = result.object().get().programs().size();
    return on
        + "ok, "
        + programs
        + (programs == 1 ? " program, " : " programs, ")
        + instructions
        + " instructions";
  }
}
