package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.FormatParser;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.KernelFunction;
import dev.whistler.compiler.kernel.KernelStruct;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A kernel without any feature or target, whose structs and event are hard to read.
 *
 * @param hasTypes whether its types were supplied
 */
record OddKernel(boolean hasTypes) implements KernelDescription {
  private static final String EVENT =
      """
      name: event
      ID: 1
      format:
      \tfield:u32 skewed;\toffset:9;\tsize:4;\tsigned:0;
      \tfield:void (*call)(int);\toffset:16;\tsize:8;\tsigned:0;
      \tfield:struct pair wide[2];\toffset:24;\tsize:24;\tsigned:0;
      """;

  private static final KernelStruct ODD =
      new KernelStruct(
          "odd",
          128,
          false,
          List.of(
              new Field<>("empty", 0, new Shape.Opaque(0, false), ""),
              new Field<>("wide", 16, new Shape.Opaque(16, false), ""),
              new Field<>("many", 32, new Shape.Array(new Shape.Opaque(16, false), 2), ""),
              new Field<>("few", 64, new Shape.Array(new Shape.Scalar(ScalarType.U8), 2), ""),
              new Field<>("bits", 75, new Shape.BitField(4, 64, 8, false), "")));

  private static KernelStruct twin(int size) {
    return new KernelStruct(
        "twin",
        size,
        false,
        List.of(new Field<>("stage", size - 4, new Shape.Scalar(ScalarType.U32), "")));
  }

  @Override
  public Architecture architecture() {
    return Architecture.X86_64;
  }

  @Override
  public Optional<TracepointFormat> tracepoint(String category, String event) {
    return category.equals("odd")
        ? Optional.of(FormatParser.parse("odd/event", EVENT))
        : Optional.empty();
  }

  @Override
  public List<String> tracepointNames() {
    return List.of("odd/event");
  }

  @Override
  public List<KernelStruct> structs(String cName) {
    return switch (cName) {
      case "odd" -> List.of(ODD);
      case "twin" -> List.of(twin(8), twin(16));
      default -> List.of();
    };
  }

  @Override
  public List<String> structNames() {
    return List.of("odd", "twin");
  }

  @Override
  public Answer target(Target kind, String name) {
    return Answer.ABSENT;
  }

  @Override
  public List<String> targetNames(Target kind) {
    return List.of();
  }

  @Override
  public Optional<KernelFunction> function(String cName) {
    return Optional.empty();
  }

  @Override
  public Answer feature(String name) {
    return Answer.ABSENT;
  }
}
