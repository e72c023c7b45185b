package dev.whistler.compiler.object;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.emit.CompiledFunction;
import dev.whistler.compiler.emit.CompiledFunction.LineMark;
import dev.whistler.compiler.emit.CompiledFunction.Relocation;
import dev.whistler.compiler.emit.CompiledFunction.Target;
import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.MachineCode;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.table.Sections;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A unit made by hand that has some of everything an object can hold. */
final class SampleUnit {
  static final String SOURCE =
      """
      (defmap hits :type :hash :key-type u32 :value-type u64 :max-entries 64)
      (defprog count (:type :xdp :section "xdp/count")
        (incf (getmap hits 0))
        XDP_PASS)
      """;

  private static final SlotType NONE = new SlotType(0, null, null);

  private SampleUnit() {}

  static CompiledObject object() {
    return ObjectWriter.write(unit(), code(), request(), new Trace(new TreeMap<>()));
  }

  static CompilationRequest request() {
    return CompilationRequest.of(Architecture.X86_64, new SourceText("count.w", SOURCE));
  }

  private static Origin origin(int line) {
    return new Origin(range(line), List.of());
  }

  private static SourceRange range(int line) {
    return new SourceRange("count.w", line, 3, line, 20);
  }

  static StructLayout head() {
    return new StructLayout(
        "head",
        "head",
        List.of(
            field("kind", 0, ScalarType.U8, -1, null),
            field("seq-no", 4, ScalarType.U32, -1, Kind.Simple.PID),
            field("at", 8, ScalarType.U64, -1, null),
            field("comm", 16, ScalarType.U8, 16, Kind.Simple.STRING)),
        32,
        8);
  }

  private static StructField field(
      String name,
      int offset,
      ScalarType type,
      int count,
      @org.jspecify.annotations.Nullable Kind kind) {
    return new StructField(
        name,
        name.replace('-', '_'),
        offset,
        new StructField.FieldType.Scalar(type),
        count,
        kind,
        null);
  }

  static TypedUnit unit() {
    MapDefinition hits =
        map("hits", MapType.HASH, slot(ScalarType.U32), slot(ScalarType.U64), 64, List.of());
    MapDefinition heads =
        map("heads", MapType.ARRAY, new SlotType(4, null, null), structSlot(), 4, List.of());
    MapDefinition events =
        map(
            "events",
            MapType.RINGBUF,
            NONE,
            NONE,
            4096,
            List.of(new MapDefinition.RecordType(head(), null)));
    MapDefinition stats =
        map(
            ".whistler.stats",
            MapType.PERCPU_ARRAY,
            new SlotType(4, null, null),
            new SlotType(16, null, null),
            1,
            List.of());
    return new TypedUnit(
        List.of(head()),
        List.of(new UnionLayout("any", "any", List.of(head()), 32, 8)),
        List.of(),
        List.of(hits, heads, events, stats),
        stats,
        List.of(
            new Global("total", "total", scalar(ScalarType.U64), -1, 0, false, origin(1)),
            new Global("limit", "limit", scalar(ScalarType.U32), -1, 7, true, origin(1)),
            new Global("seed", "seed", scalar(ScalarType.U16), -1, 513, false, origin(1))),
        List.of(program("count", "xdp/count"), program("other", "xdp")),
        List.of(),
        List.of(new TypedUnit.Knob("peer", "ipv4", 0x0100007fL, 0x0200007fL, null, null, null)),
        Map.of("answer", 42L),
        Map.of("head.at", Kind.Simple.KTIME),
        List.of(
            new TypedUnit.Requirement.TracepointField(
                "count", "sched/sched_switch", "next_pid", 56, 4, true, "scalar")));
  }

  private static StructField.FieldType scalar(ScalarType type) {
    return new StructField.FieldType.Scalar(type);
  }

  private static SlotType slot(ScalarType type) {
    return new SlotType(type.width(), type, null);
  }

  private static SlotType structSlot() {
    return new SlotType(32, null, head());
  }

  private static MapDefinition map(
      String name,
      MapType type,
      SlotType key,
      SlotType value,
      long entries,
      List<MapDefinition.RecordType> records) {
    return new MapDefinition(
        name, name, type, key, value, entries, 0, records, null, List.of(), false, origin(1));
  }

  private static TypedProgram program(String name, String section) {
    return new TypedProgram(
        name,
        name,
        Sections.resolve(section).orElseThrow(),
        "GPL",
        false,
        new Expr.ContextLoad(ScalarType.U32, 12, ScalarType.U32, origin(3)),
        OptionalLong.empty(),
        origin(2));
  }

  /** Counts in a map and a global, and runs a loop with a callback. */
  static MachineCode code() {
    CompiledFunction count =
        new CompiledFunction(
            "count",
            true,
            1,
            List.of(
                insn(0x62, 10, 0, -4, 0), // *(u32 *)(r10 - 4) = 0
                insn(0x18, 1, 1, 0, 0), // r1 = hits ll
                insn(0, 0, 0, 0, 0),
                insn(0xbf, 2, 10, 0, 0), // r2 = r10
                insn(0x07, 2, 0, 0, -4), // r2 += -4
                insn(0x85, 0, 0, 0, 1), // call map-lookup-elem
                insn(0x15, 0, 0, 2, 0), // if r0 == 0 goto +2
                insn(0xb7, 1, 0, 0, 1), // r1 = 1
                insn(0xdb, 0, 1, 0, 0), // lock *(u64 *)(r0 + 0) += r1
                insn(0x18, 1, 2, 0, 0), // r1 = .bss+0 ll
                insn(0, 0, 0, 0, 0),
                insn(0x7a, 1, 0, 0, 3), // *(u64 *)(r1 + 0) = 3
                insn(0xb7, 1, 0, 0, 4), // r1 = 4
                insn(0x18, 2, 4, 0, 0), // r2 = step ll
                insn(0, 0, 0, 0, 0),
                insn(0xb7, 3, 0, 0, 0),
                insn(0xb7, 4, 0, 0, 0),
                insn(0x85, 0, 0, 0, 181), // call loop
                insn(0xb7, 0, 0, 0, 2),
                insn(0x95, 0, 0, 0, 0)),
            List.of(
                new Relocation(1, new Target.Map("hits")),
                new Relocation(9, new Target.Data(".bss", 0)),
                new Relocation(13, new Target.Function("step"))),
            List.of(new LineMark(0, range(3)), new LineMark(18, range(4))),
            8);
    CompiledFunction other =
        new CompiledFunction(
            "other",
            true,
            1,
            List.of(
                insn(0xb7, 1, 0, 0, 5),
                insn(0xb7, 2, 0, 0, 6),
                insn(0x85, 0, 1, 0, -1), // call sum
                insn(0xb7, 0, 0, 0, 2),
                insn(0x95, 0, 0, 0, 0)),
            List.of(new Relocation(2, new Target.Function("sum"))),
            List.of(new LineMark(0, range(2))),
            0);
    CompiledFunction step =
        new CompiledFunction(
            "step",
            false,
            2,
            List.of(insn(0xb7, 0, 0, 0, 0), insn(0x95, 0, 0, 0, 0)),
            List.of(),
            List.of(new LineMark(0, range(3))),
            0);
    CompiledFunction sum =
        new CompiledFunction(
            "sum",
            false,
            2,
            List.of(insn(0xbf, 0, 1, 0, 0), insn(0x0f, 0, 2, 0, 0), insn(0x95, 0, 0, 0, 0)),
            List.of(),
            List.of(new LineMark(0, range(3))),
            0);
    return new MachineCode(List.of(count, other, step, sum), new byte[] {'h', 'i', 0});
  }

  private static Instruction insn(int opcode, int target, int source, int offset, int immediate) {
    return new Instruction(opcode, target, source, offset, immediate);
  }
}
