package dev.whistler.testbed.bench.compiler;

import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.KernelStruct;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.testbed.bench.BenchmarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Both compilers, for the kernel that runs. */
public final class Compilers {
  /** The clang of the comparison. */
  private static final String CLANG = "clang-19";

  private static final int TOOL_SECONDS = 60;

  private final SuppliedKernel kernel;
  private final Path scratch;

  /**
   * Reads what the running kernel says about itself.
   *
   * @param scratch directory for objects, which the caller removes
   */
  public Compilers(Path scratch) {
    this.scratch = scratch;
    Map<String, String> formats = new HashMap<>();
    try (Tracefs tracefs = Tracefs.open()) {
      for (Tracefs.Event event : tracefs.events()) {
        tracefs
            .format(event.category(), event.name())
            .ifPresent(text -> formats.put(event.toString(), text));
      }
    }
    kernel = new SuppliedKernel(Architecture.X86_64, formats, KernelBtf.bytes(), null, null);
  }

  /** What our compiler is asked for a program, with its sources read. */
  public CompilationRequest request(Corpus.Pair pair, int instructionSet) {
    CompilationOptions options = CompilationOptions.defaults().withInstructionSet(instructionSet);
    return new CompilationRequest(
        List.of(new SourceText(pair.name() + ".lisp", read(pair.lisp()))),
        kernel.architecture(),
        kernel,
        Map.of(),
        options,
        Budget.UNLIMITED);
  }

  /** Our object. */
  public byte[] ours(Corpus.Pair pair, int instructionSet) {
    CompilationResult result = Compiler.compile(request(pair, instructionSet));
    return result
        .object()
        .orElseThrow(
            () ->
                new BenchmarkException(
                    pair.lisp().getFileName() + " does not compile: " + result.diagnostics()))
        .elf();
  }

  /** The object of clang. */
  public byte[] clang(Corpus.Pair pair, int instructionSet) {
    Path object = scratch.resolve(pair.name() + ".clang.o");
    run(
        clangCommand(pair, instructionSet, object),
        scratch.resolve("clang.out"),
        scratch.resolve("clang.log"));
    try {
      return Files.readAllBytes(object);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the object of " + CLANG + ".", e);
    }
  }

  private List<String> clangCommand(Corpus.Pair pair, int instructionSet, Path object) {
    List<String> command =
        new ArrayList<>(List.of(CLANG, "-O2", "-g", "-target", "bpf", "-mcpu=v" + instructionSet));
    // Where Debian keeps asm/types.h; a compiler for another target does not look there by itself.
    command.add("-I/usr/include/x86_64-linux-gnu");
    if (pair.name().equals("exit-lineage")) {
      command.addAll(taskOffsets());
    }
    command.addAll(List.of("-c", pair.c().toString(), "-o", object.toString()));
    return command;
  }

  /**
   * The command line of clang as projects with CO-RE have it: with all types of the kernel. Writes
   * {@code vmlinux.h} into the scratch directory.
   */
  public List<String> clangWithKernelTypes(Corpus.Pair pair, Path object) {
    Path header = scratch.resolve("vmlinux.h");
    run(
        List.of("bpftool", "btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c"),
        header,
        scratch.resolve("bpftool.log"));
    List<String> command = clangCommand(pair, 3, object);
    command.addAll(1, List.of("-DKERNEL_TYPES", "-I" + scratch));
    return command;
  }

  private static void run(List<String> command, Path output, Path errors) {
    String tool = command.getFirst();
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(errors.toFile())
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new BenchmarkException(tool + " did not end within a minute.");
      }
      if (process.exitValue() != 0) {
        throw new BenchmarkException(String.join(" ", command) + " failed:\n" + read(errors));
      }
    } catch (IOException e) {
      throw new BenchmarkException(
          "Cannot run "
              + tool
              + " ("
              + e.getMessage()
              + "): install it (Debian: clang-19, bpftool).");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("Interrupted while " + tool + " ran.");
    }
  }

  /** Offsets that our compiler takes from the kernel's types, for C that has them as constants. */
  private List<String> taskOffsets() {
    KernelStruct task =
        kernel.structs("task_struct").stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new BenchmarkException("The kernel has no BTF: needs CONFIG_DEBUG_INFO_BTF."));
    return List.of(
        "-DREAL_PARENT=" + offset(task, "real_parent"),
        "-DTGID=" + offset(task, "tgid"),
        "-DCOMM=" + offset(task, "comm"));
  }

  private static int offset(KernelStruct struct, String field) {
    return struct
        .field(field)
        .orElseThrow(
            () -> new BenchmarkException("The kernel's task_struct has no field " + field + "."))
        .offset();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file.getFileName() + ".", e);
    }
  }
}
