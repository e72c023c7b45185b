package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.CompiledFunction;
import dev.whistler.compiler.emit.CompiledFunction.Target;
import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.MachineCode;
import dev.whistler.compiler.emit.Opcode;
import dev.whistler.compiler.json.JsonWriter;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.tree.TypedUnit.Requirement;
import dev.whistler.compiler.type.MapDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one program needs of a kernel, read off its machine code and that of the functions it calls.
 *
 * @param program source name
 * @param programType enum bpf_prog_type
 * @param helpers ids called, ascending
 * @param mapTypes kernel numbers of the types of maps used, ascending
 * @param instructionSet smallest level, 1 to 4, that has all instructions
 * @param contextBytes end of the highest context access
 * @param fields tracepoint and kernel fields used, in order of first use
 */
record Requirements(
    String program,
    int programType,
    Set<Integer> helpers,
    Set<Integer> mapTypes,
    int instructionSet,
    int contextBytes,
    List<Requirement> fields) {

  static List<Requirements> of(TypedUnit unit, MachineCode code) {
    Map<String, CompiledFunction> functions = new HashMap<>();
    code.functions().forEach(f -> functions.put(f.symbol(), f));
    Map<String, Integer> mapTypes = new HashMap<>();
    for (MapDefinition map : unit.maps()) {
      mapTypes.put(map.symbol(), map.type().number());
    }
    List<Requirements> all = new ArrayList<>();
    for (TypedProgram program : unit.programs()) {
      Set<Integer> helpers = new TreeSet<>();
      Set<Integer> maps = new TreeSet<>();
      int level = 1;
      for (CompiledFunction function : reachable(program.symbol(), functions)) {
        for (Instruction instruction : function.code()) {
          if (instruction.opcode() == Opcode.CALL && instruction.source() == 0) {
            helpers.add(instruction.immediate());
          }
          level = Math.max(level, Opcode.level(instruction));
        }
        for (CompiledFunction.Relocation relocation : function.relocations()) {
          if (relocation.target() instanceof Target.Map map && mapTypes.containsKey(map.symbol())) {
            maps.add(mapTypes.get(map.symbol()));
          }
        }
      }
      all.add(
          new Requirements(
              program.name(),
              program.section().kernelType(),
              helpers,
              maps,
              level,
              ContextUse.bytes(program.body()),
              unit.requirements().stream().filter(r -> isOf(r, program.name())).toList()));
    }
    return all;
  }

  private static boolean isOf(Requirement requirement, String program) {
    return switch (requirement) {
      case Requirement.TracepointField field -> field.program().equals(program);
      case Requirement.KernelField field -> field.program().equals(program);
    };
  }

  private static List<CompiledFunction> reachable(
      String symbol, Map<String, CompiledFunction> functions) {
    List<CompiledFunction> found = new ArrayList<>();
    Set<String> seen = new HashSet<>(Set.of(symbol));
    Deque<String> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      CompiledFunction function = functions.get(pending.pop());
      if (function == null) {
        continue;
      }
      found.add(function);
      for (CompiledFunction.Relocation relocation : function.relocations()) {
        if (relocation.target() instanceof Target.Function called && seen.add(called.symbol())) {
          pending.push(called.symbol());
        }
      }
    }
    return found;
  }

  JsonWriter write(JsonWriter json) {
    json.beginObject().member("program", program);
    json.name("tracepoints").beginArray();
    for (Requirement requirement : fields) {
      if (requirement instanceof Requirement.TracepointField field) {
        json.beginObject()
            .member("event", field.event())
            .member("field", field.field())
            .member("offset", field.offset())
            .member("size", field.size())
            .member("signed", field.signed())
            .member("form", field.form())
            .endObject();
      }
    }
    json.endArray().name("kernelFields").beginArray();
    for (Requirement requirement : fields) {
      if (requirement instanceof Requirement.KernelField field) {
        json.beginObject()
            .member("struct", field.struct())
            .member("field", field.field())
            .member("offset", field.offset())
            .member("size", field.size())
            .endObject();
      }
    }
    json.endArray().name("helpers").beginArray();
    helpers.forEach(json::value);
    json.endArray().name("mapTypes").beginArray();
    mapTypes.forEach(json::value);
    return json.endArray()
        .member("programType", programType)
        .member("instructionSet", instructionSet)
        .member("contextBytes", contextBytes)
        .endObject();
  }
}
