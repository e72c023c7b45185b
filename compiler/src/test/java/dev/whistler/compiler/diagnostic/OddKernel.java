package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.FormatParser;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.KernelFunction;
import dev.whistler.compiler.kernel.KernelStruct;
import dev.whistler.compiler.kernel.KernelStruct.Field;
import dev.whistler.compiler.kernel.KernelStruct.Shape;
import dev.whistler.compiler.kernel.TracepointFormat;
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
              new Field("empty", Shape.OPAQUE, 0, 0, 0, false, 0, -1, ""),
              new Field("wide", Shape.OPAQUE, 128, 128, 16, false, 0, -1, ""),
              new Field("many", Shape.ARRAY, 256, 256, 32, false, 0, 2, ""),
              new Field("few", Shape.ARRAY, 512, 16, 2, false, 1, 2, ""),
              new Field("bits", Shape.BIT_FIELD, 604, 64, 8, false, 0, -1, "")));

  private static KernelStruct twin(int size) {
    return new KernelStruct(
        "twin",
        size,
        false,
        List.of(new Field("stage", Shape.INTEGER, 8 * size - 32, 32, 4, false, 0, -1, "")));
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
