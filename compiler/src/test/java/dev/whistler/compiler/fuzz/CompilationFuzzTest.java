package dev.whistler.compiler.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.FormatParser;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.MalformedKernelException;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.type.Field;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Arbitrary bytes as source, tracepoint format or kernel BTF of a whole compilation. Any exception
 * but {@link MalformedKernelException} is a finding. Without {@code JAZZER_FUZZ=1} only the empty
 * input and the saved inputs run.
 */
class CompilationFuzzTest {
  private static final String DEFINITIONS =
      """
      (deftracepoint sched/sched-switch)
      (defstruct s (a u64) (b (array u8 16)))
      (defmap m :type :hash :key-type u32 :value-type s :max-entries 16)
      (defmap r :type :ringbuf :max-entries 4096 :record s)
      """;

  @FuzzTest(maxDuration = "5m")
  void source(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    KernelDescription kernel = new SampleKernel();
    compile(text, kernel);
    // As a body, where more of the text is analyzed.
    compile(
        DEFINITIONS + "(defprog p (:type :xdp) (let ((x 1) (v (make-s))) " + text + "))", kernel);
  }

  /** Without a compilation, of which a second has room for a few only. */
  @FuzzTest(maxDuration = "5m")
  void formatAlone(byte[] bytes) {
    try {
      FormatParser.parse("sched/e", new String(bytes, StandardCharsets.UTF_8));
    } catch (MalformedKernelException e) {
      // Said in a sentence: what the agent or operator reports.
    }
  }

  @FuzzTest(maxDuration = "5m")
  void format(byte[] bytes) {
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      TracepointFormat format = FormatParser.parse("sched/e", text);
      StringBuilder body = new StringBuilder();
      Stream.concat(format.fields().stream().map(Field::name), format.unusable().keySet().stream())
          .limit(8)
          .forEach(
              name ->
                  body.append(
                      "(tp-%1$s) (tp-%1$s-ptr) (tp-%1$s-len) (tp-%1$s 1) ".formatted(name)));
      compile(
          "(deftracepoint sched/e)(defprog p (:section \"tracepoint/sched/e\") " + body + "0)",
          new SuppliedKernel(Architecture.X86_64, Map.of("sched/e", text), null, null, null));
    } catch (MalformedKernelException e) {
      // Said in a sentence: what the agent or operator reports.
    }
  }

  @FuzzTest(maxDuration = "5m")
  void types(byte[] bytes) {
    try {
      SuppliedKernel kernel = new SuppliedKernel(Architecture.X86_64, Map.of(), bytes, null, null);
      StringBuilder body = new StringBuilder();
      kernel.structs("task_struct").stream()
          .flatMap(struct -> struct.fields().stream())
          .limit(8)
          .forEach(
              field ->
                  body.append(
                      "(task-struct-%1$s (arg 0)) (task-struct-%1$s (arg 0) 1) "
                          .formatted(field.name())));
      compile(
          "(import-kernel-struct task-struct)(defprog p (:section \"raw_tp/e\") " + body + "0)",
          kernel);
      compile(
          "(import-kernel-struct task-struct)(defprog p (:section \"fentry/do_exit\") (arg code))",
          kernel);
    } catch (MalformedKernelException e) {
      // Said in a sentence: what the agent or operator reports.
    }
  }

  private static void compile(String text, KernelDescription kernel) {
    Compiler.compile(
        CompilationRequest.of(Architecture.X86_64, new SourceText("f", text)).withKernel(kernel));
  }
}
