package dev.whistler.compiler.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Records that programs in the kernel write: for each struct a program that sets every field to a
 * known value and submits the record.
 */
final class KernelRecords {
  /** A unit has at most 64 maps, and each struct has a ring buffer of its own. */
  static final int IN_ONE_UNIT = 40;

  private KernelRecords() {}

  /**
   * Has the kernel write one record of each struct.
   *
   * @param structs in groups of {@link #IN_ONE_UNIT}, nested only within their group
   * @param values of the scalars of each struct, in order
   * @return the records' bytes
   */
  static List<byte[]> write(List<StructLayout> structs, List<List<BigInteger>> values) {
    List<byte[]> records = new ArrayList<>();
    for (int from = 0; from < structs.size(); from += IN_ONE_UNIT) {
      int to = Math.min(structs.size(), from + IN_ONE_UNIT);
      records.addAll(group(structs.subList(from, to), values.subList(from, to)));
    }
    return records;
  }

  private static List<byte[]> group(List<StructLayout> structs, List<List<BigInteger>> values) {
    StringBuilder source = new StringBuilder();
    structs.forEach(struct -> define(struct, source));
    for (int i = 0; i < structs.size(); i++) {
      program(i, structs.get(i), values.get(i), source);
    }
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(
                Architecture.X86_64, new SourceText("records.w", source.toString())));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    List<byte[]> records = new ArrayList<>();
    try (LoadedObject loaded = BpfObject.open(result.object().orElseThrow().elf()).load()) {
      for (int i = 0; i < structs.size(); i++) {
        loaded.program("p" + i).testRun(TestRun.packet(new byte[64]));
        try (RingBufferReader reader = RingBufferReader.open(loaded.map("r" + i))) {
          reader.consume(r -> records.add(r.bytes()), 1);
        }
        assertThat(records).hasSize(i + 1);
      }
    }
    return records;
  }

  private static void define(StructLayout struct, StringBuilder source) {
    source.append("(defstruct ").append(struct.name());
    for (StructField field : struct.fields()) {
      String type =
          switch (field.type()) {
            case FieldType.Scalar s -> s.type().text();
            case FieldType.Nested n -> n.layout().name();
          };
      String whole = field.isArray() ? "(array %s %d)".formatted(type, field.count()) : type;
      source.append(" (").append(field.name()).append(' ').append(whole).append(')');
    }
    source.append(")\n");
  }

  private static void program(
      int number, StructLayout struct, List<BigInteger> values, StringBuilder source) {
    source.append(
        "(defmap r%d :type :ringbuf :max-entries 65536)\n(defprog p%d ()\n(with-ringbuf (x r%d (sizeof %s))\n"
            .formatted(number, number, number, struct.name()));
    List<String> places = new ArrayList<>();
    places(struct, "x", places);
    assertThat(places).hasSameSizeAs(values);
    for (int i = 0; i < places.size(); i++) {
      source.append("(setf %s %s)\n".formatted(places.get(i), values.get(i)));
    }
    source.append(")\nXDP_PASS)\n");
  }

  /** The places of all scalars of a struct, in order. */
  private static void places(StructLayout struct, String pointer, List<String> places) {
    for (StructField field : struct.fields()) {
      String accessor = struct.name() + "-" + field.name();
      for (int i = 0; i < Math.max(1, field.count()); i++) {
        String index = field.isArray() ? " " + i : "";
        switch (field.type()) {
          case FieldType.Scalar ignored ->
              places.add("(%s %s%s)".formatted(accessor, pointer, index));
          case FieldType.Nested nested ->
              places(nested.layout(), "(%s-ptr %s%s)".formatted(accessor, pointer, index), places);
        }
      }
    }
  }
}
