package dev.whistler.compiler.emit;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.form.TypedUnit;
import dev.whistler.compiler.type.MapDefinition;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the first program of a unit in the kernel as XDP, without going through an object file. */
public final class KernelRunner implements AutoCloseable {
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final BpfProgram program;
  private final MachineCode code;

  public KernelRunner(TypedUnit unit, CompilationOptions options) {
    code = Backend.generate(unit, options);
    List<MapDefinition> all = new ArrayList<>(unit.maps());
    for (MapDefinition map : all) {
      maps.put(map.symbol(), BpfMap.create(new MapSpecFactory().of(map)));
    }
    program = BpfProgram.load(ProgramSpec.of("test", ProgramType.XDP, link(), "GPL"));
  }

  private static final class MapSpecFactory {
    MapSpec of(MapDefinition map) {
      return MapSpec.of(
              map.symbol().replace('.', '_'),
              dev.whistler.bpf.map.MapType.of(map.type().number()),
              map.key().size(),
              map.value().size(),
              (int) map.maxEntries())
          .withFlags((int) map.flags());
    }
  }

  /** The program followed by all subprograms, with relocations applied. */
  private byte[] link() {
    List<CompiledFunction> functions = new ArrayList<>();
    functions.add(code.functions().getFirst());
    code.functions().stream().filter(f -> !f.global()).forEach(functions::add);
    Map<String, Integer> starts = new HashMap<>();
    int slots = 0;
    for (CompiledFunction function : functions) {
      starts.put(function.symbol(), slots);
      slots += function.code().size();
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 * slots).order(ByteOrder.LITTLE_ENDIAN);
    int base = 0;
    for (CompiledFunction function : functions) {
      Map<Integer, Integer> immediates = new HashMap<>();
      for (CompiledFunction.Relocation relocation : function.relocations()) {
        int slot = relocation.slot();
        immediates.put(
            slot,
            switch (relocation.target()) {
              case CompiledFunction.Target.Map map -> maps.get(map.symbol()).fd().number();
              case CompiledFunction.Target.Function f -> starts.get(f.symbol()) - (base + slot) - 1;
              case CompiledFunction.Target.Data data ->
                  throw new UnsupportedOperationException("data sections need an object file");
            });
      }
      for (int i = 0; i < function.code().size(); i++) {
        Instruction instruction = function.code().get(i);
        bytes.put((byte) instruction.opcode());
        bytes.put((byte) (instruction.source() << 4 | instruction.target()));
        bytes.putShort((short) instruction.offset());
        bytes.putInt(immediates.getOrDefault(i, instruction.immediate()));
      }
      base += function.code().size();
    }
    return bytes.array();
  }

  /** Runs on a packet of 64 bytes, byte i = i. */
  public int run() {
    byte[] packet = new byte[64];
    for (int i = 0; i < packet.length; i++) {
      packet[i] = (byte) i;
    }
    return run(packet);
  }

  public int run(byte[] packet) {
    return program.testRun(TestRun.packet(packet)).returnValue();
  }

  public BpfMap map(String symbol) {
    return maps.get(symbol);
  }

  public MachineCode code() {
    return code;
  }

  @Override
  public void close() {
    program.close();
    maps.values().forEach(BpfMap::close);
  }
}
