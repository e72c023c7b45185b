package dev.whistler.compiler.reference;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Catalogue;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.form.SpecificationPrograms;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Compiles a set of programs and prints a digest of each result: {@code DeterminismChild RANDOM
 * THREADS}. Run by {@link DeterminismTest} in virtual machines of its own.
 */
final class DeterminismChild {
  private DeterminismChild() {}

  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    Map<String, String> sources = sources(Integer.parseInt(arguments[0]));
    Map<String, Future<String>> results = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(arguments[1]))) {
      sources.forEach((name, text) -> results.put(name, threads.submit(() -> digest(name, text))));
    }
    for (Map.Entry<String, Future<String>> result : results.entrySet()) {
      System.out.println(result.getKey() + " " + result.getValue().get());
    }
  }

  /** The programs of the specification, the examples of diagnostics, and random programs. */
  private static Map<String, String> sources(int random) {
    Map<String, String> sources = new LinkedHashMap<>();
    SpecificationPrograms.NAMES.forEach(
        name -> sources.put(name, SpecificationPrograms.source(name)));
    Catalogue.entries()
        .forEach(
            (code, entry) -> entry.example().ifPresent(text -> sources.put(code.text(), text)));
    for (int i = 0; i < random; i++) {
      sources.put("random-" + i, ProgramGenerator.unit(new ProgramGenerator(i).program()));
    }
    return sources;
  }

  /** What a caller sees of a compilation for each instruction set: object, schema, messages. */
  private static String digest(String name, String text) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    List<String> sizes = new ArrayList<>();
    for (int instructionSet : List.of(3, 4)) {
      CompilationResult result =
          Compiler.compile(
              CompilationRequest.of(Architecture.X86_64, new SourceText(name, text))
                  .withKernel(new SampleKernel())
                  .withOptions(Compilation.options(instructionSet)));
      digest.update(
          (result.diagnostics() + "\n" + result.notes()).getBytes(StandardCharsets.UTF_8));
      result
          .object()
          .ifPresent(
              object -> {
                digest.update(object.elf());
                digest.update(object.schema().getBytes(StandardCharsets.UTF_8));
              });
      sizes.add(result.object().map(o -> o.elf().length + " bytes").orElse("refused"));
    }
    return HexFormat.of().formatHex(digest.digest()) + " " + sizes;
  }
}
