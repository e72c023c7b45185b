package dev.whistler.compiler.reference;

import dev.whistler.compiler.Budget;
import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.CompilationRequest;
import dev.whistler.compiler.emit.Backend;
import dev.whistler.compiler.emit.CompiledFunction;
import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.form.TypedUnit;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.object.ObjectWriter;
import dev.whistler.compiler.source.SourceText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The compiler's own code generator. {@link MutantLoader} loads it with a defect in it. */
public final class WhistlerCodeGenerator implements CodeGenerator {
  @Override
  public List<Object> code(TypedUnit unit, CompilationOptions options) {
    List<Object> code = new ArrayList<>();
    for (CompiledFunction function : Backend.generate(unit, options).functions()) {
      code.add(function.symbol());
      for (Instruction i : function.code()) {
        long registers = i.opcode() << 8 | i.target() << 4 | i.source();
        code.add(registers << 32 | i.offset() & 0xffffffffL);
        code.add(i.immediate());
      }
      function.relocations().forEach(r -> code.add(r.slot() + " " + r.target()));
    }
    return code;
  }

  @Override
  public byte[] object(TypedUnit unit, String source, CompilationOptions options) {
    CompilationRequest request =
        new CompilationRequest(
            List.of(new SourceText("test.w", source)),
            Architecture.X86_64,
            null,
            Map.of(),
            options,
            Budget.UNLIMITED);
    return ObjectWriter.write(
            unit, Backend.generate(unit, options), request, new Trace(new TreeMap<>()))
        .elf();
  }
}
