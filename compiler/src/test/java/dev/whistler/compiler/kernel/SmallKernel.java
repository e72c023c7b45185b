package dev.whistler.compiler.kernel;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.object.Disassembler;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A kernel made for one test: some events, some types. */
final class SmallKernel {
  private final Map<String, String> formats = new TreeMap<>();
  private byte @Nullable [] types;

  /** An event with these lines: declaration, offset, size, sign. */
  SmallKernel event(String name, String... lines) {
    formats.put(name, "name: e\nID: 1\nformat:\n" + String.join("", lines) + "\nprint fmt: \"\"\n");
    return this;
  }

  static String field(String declaration, int offset, int size, int signed) {
    return "\tfield:%s;\toffset:%d;\tsize:%d;\tsigned:%d;\n"
        .formatted(declaration, offset, size, signed);
  }

  SmallKernel types(BtfSample btf) {
    types = btf.bytes();
    return this;
  }

  KernelDescription description() {
    return new SuppliedKernel(Architecture.X86_64, formats, types, null, null);
  }

  CompilationResult compile(String source) {
    return Compiler.compile(
        CompilationRequest.of(Architecture.X86_64, new SourceText("t.w", source))
            .withKernel(description()));
  }

  /** Each diagnostic as {@code LINE:COLUMN CODE: message [hint]}. */
  List<String> diagnostics(String source) {
    return compile(source).diagnostics().stream()
        .map(
            d ->
                d.range().startLine()
                    + ":"
                    + d.range().startColumn()
                    + " "
                    + d.code().text()
                    + ": "
                    + d.message()
                    + (d.hint() == null ? "" : " [" + d.hint() + "]"))
        .toList();
  }

  /** The instructions of an error-free source. */
  String instructions(String source) {
    CompilationResult result = compile(source);
    return Disassembler.disassemble(
        result
            .object()
            .orElseThrow(() -> new AssertionError(String.valueOf(result.diagnostics())))
            .elf());
  }
}
