package dev.whistler.testbed.bench.runtime;

import dev.whistler.bpf.prog.TestRun;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.BenchmarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program that makes the records, {@code testbed/benchmarks/runtime/samples.lisp}. */
final class Samples {
  static final String PROGRAM = "produce";
  static final String RING = "samples";
  static final String COUNTS = "counts";

  /** Records that the ring holds: 84 bytes and a header of 8, rounded up to 96. */
  static final int ROOM = (16 << 20) / 96;

  private static final int PACKET_BYTES = 78;
  private static final int COMM = 14;
  private static final int PATH = 30;

  private Samples() {}

  static CompiledObject compile(Repository repository) {
    Path source = repository.root().resolve("testbed/benchmarks/runtime/samples.lisp");
    try {
      CompilationResult result =
          Compiler.compile(
              CompilationRequest.of(
                  Architecture.X86_64, new SourceText("samples.lisp", Files.readString(source))));
      return result
          .object()
          .orElseThrow(
              () -> new BenchmarkException(source + " does not compile: " + result.diagnostics()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + source + ".", e);
    }
  }

  /** So many runs on a packet that holds the texts of the records, the same as the C side's. */
  static TestRun runs(int count) {
    byte[] packet = new byte[PACKET_BYTES];
    put("whistler-bench", packet, COMM);
    put("/usr/lib/x86_64-linux-gnu/libc.so.6", packet, PATH);
    return TestRun.packet(packet).repeated(count);
  }

  private static void put(String text, byte[] packet, int at) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, packet, at, ascii.length);
  }
}
