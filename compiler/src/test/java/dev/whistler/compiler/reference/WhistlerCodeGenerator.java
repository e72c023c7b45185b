package dev.whistler.compiler.reference;

import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.object.FunctionImage;
import dev.whistler.bpf.object.Reference;
import dev.whistler.bpf.object.SectionKind;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.emit.Backend;
import dev.whistler.compiler.emit.CompiledFunction;
import dev.whistler.compiler.emit.CompiledFunction.Target;
import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.MachineCode;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.object.ObjectWriter;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The compiler's own code generator. {@link MutantLoader} loads it with a defect in it. */
public final class WhistlerCodeGenerator implements CodeGenerator {
  private static final int SLOT_BYTES = 8;

  @Override
  public GeneratedCode code(TypedUnit unit, CompilationOptions options) {
    MachineCode code = Backend.generate(unit, options);
    Map<String, Reference.Function> places = places(code);
    Map<String, String> sections = new HashMap<>();
    for (TypedProgram program : unit.programs()) {
      sections.put(program.symbol(), program.section().canonical());
    }
    List<FunctionImage> functions = new ArrayList<>();
    List<BtfExt.FunctionInfo> types = new ArrayList<>();
    for (CompiledFunction function : code.functions()) {
      Reference.Function place = places.get(function.symbol());
      String section = function.global() ? sections.get(function.symbol()) : ".text";
      int type =
          function.global()
              ? FunctionTypes.PROGRAM
              : FunctionTypes.subprogram(function.parameterCount());
      types.add(new BtfExt.FunctionInfo(section, place.offset(), type));
      functions.add(
          new FunctionImage(
              function.symbol(),
              section,
              place.section(),
              place.offset(),
              bytes(function.code()),
              function.global() ? SectionKind.of(section).orElseThrow() : null,
              function.global()
                  ? FunctionImage.Loading.BY_DEFAULT
                  : FunctionImage.Loading.SUBPROGRAM,
              references(function, places)));
    }
    return new GeneratedCode(functions, BtfExt.of(types), code.strings());
  }

  /** One function after the other. */
  private static Map<String, Reference.Function> places(MachineCode code) {
    Map<String, Reference.Function> places = new HashMap<>();
    int at = 0;
    for (CompiledFunction function : code.functions()) {
      places.put(function.symbol(), new Reference.Function(0, at));
      at += function.code().size() * SLOT_BYTES;
    }
    return places;
  }

  private static byte[] bytes(List<Instruction> code) {
    ByteBuffer bytes = ByteBuffer.allocate(code.size() * SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Instruction i : code) {
      bytes
          .put((byte) i.opcode())
          .put((byte) (i.source() << 4 | i.target()))
          .putShort((short) i.offset())
          .putInt(i.immediate());
    }
    return bytes.array();
  }

  private static Map<Integer, Reference> references(
      CompiledFunction function, Map<String, Reference.Function> places) {
    Map<Integer, Reference> references = new HashMap<>();
    for (CompiledFunction.Relocation relocation : function.relocations()) {
      references.put(
          relocation.slot(),
          switch (relocation.target()) {
            case Target.Map map -> new Reference.Map(map.symbol());
            case Target.Data data -> new Reference.Data(data.section(), data.offset());
            case Target.Function callee -> places.get(callee.symbol());
          });
    }
    return references;
  }

  @Override
  public byte[] object(TypedUnit unit, String source, CompilationOptions options) {
    CompilationRequest request =
        CompilationRequest.of(Architecture.X86_64, new SourceText("test.w", source))
            .withOptions(options);
    return ObjectWriter.write(
            unit, Backend.generate(unit, options), request, new Trace(new TreeMap<>()))
        .elf();
  }
}
