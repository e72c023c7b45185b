package dev.whistler.cli;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.kernel.Architecture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What {@code compile}, {@code check} and {@code run} have in common: sources, knobs, options of
 * the language.
 */
final class SourceOptions {
  /** A compilation on the command line ends after this time (section 22). */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(20);

  @Parameters(arity = "1..*", paramLabel = "SRC", description = "source files, read as one unit")
  List<Path> sources = List.of();

  @Option(
      names = "--knob",
      paramLabel = "NAME=VALUE",
      description = "value of a knob that the program defines; repeatable")
  Map<String, String> knobs = new LinkedHashMap<>();

  @Option(
      names = "--arch",
      paramLabel = "ARCH",
      description = "target: x86-64 or arm64 (default: that of the kernel)")
  @Nullable String arch;

  @Option(
      names = "--isa",
      paramLabel = "N",
      defaultValue = "3",
      description = "instruction set 1 to 4 (default: ${DEFAULT-VALUE})")
  int instructionSet;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      defaultValue = "unrestricted",
      description = "refuse what the tier forbids: observe, act or unrestricted (default)")
  String tier = "unrestricted";

  @Option(names = "--warnings-as-errors", description = "let any warning stop the compilation")
  boolean warningsAsErrors;

  @Option(
      names = "--without-reader",
      description = "leave out frequent events that the threads which read and write records cause")
  boolean withoutReader;

  CompilationRequest request(KernelChoice kernel) {
    if (instructionSet < 1 || instructionSet > 4) {
      throw CommandFailure.usage("--isa takes 1 to 4, not " + instructionSet);
    }
    CompilationOptions options =
        CompilationOptions.defaults()
            .withInstructionSet(instructionSet)
            .withTier(tier())
            .withReaderLeftOut(withoutReader)
            .withWarningsAsErrors(warningsAsErrors);
    long deadline = System.nanoTime() + TIME_LIMIT.toNanos();
    Budget budget = () -> System.nanoTime() - deadline > 0;
    return new CompilationRequest(
        SourceFiles.read(sources),
        architecture(kernel),
        kernel.description(),
        knobs,
        options,
        budget);
  }

  CompilationOptions.Tier tier() {
    try {
      return CompilationOptions.Tier.valueOf(tier.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--tier takes observe, act or unrestricted, not " + tier);
    }
  }

  private Architecture architecture(KernelChoice kernel) {
    if (arch == null) {
      return kernel.architecture();
    }
    return Architecture.named(arch)
        .orElseThrow(() -> CommandFailure.usage("--arch takes x86-64 or arm64, not " + arch));
  }
}
