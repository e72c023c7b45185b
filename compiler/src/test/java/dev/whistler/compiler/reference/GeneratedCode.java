package dev.whistler.compiler.reference;

import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.object.CodeLinker;
import dev.whistler.bpf.object.FunctionImage;
import dev.whistler.bpf.object.ObjectImage;
import dev.whistler.compiler.tree.TypedProgram;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a unit's programs do, without the maps, types, lines and schema that an object has besides.
 * Equal code does the same.
 *
 * @param functions programs and subprograms with what they refer to
 * @param types which of {@link FunctionTypes} they are
 * @param strings what the code adds to the constants in {@code .rodata}
 */
public record GeneratedCode(List<FunctionImage> functions, BtfExt types, byte[] strings) {
  public GeneratedCode {
    functions = List.copyOf(functions);
  }

  /** The program as the kernel takes it but for the descriptors of maps. */
  CodeLinker.Linked link(TypedProgram program) {
    FunctionImage first =
        functions.stream()
            .filter(f -> f.isProgram() && f.name().equals(program.symbol()))
            .findFirst()
            .orElseThrow();
    ObjectImage image =
        new ObjectImage(program.license(), List.of(), List.of(), functions, null, types, List.of());
    return new CodeLinker(image).link(first);
  }

  private List<Object> content() {
    List<Object> content = new ArrayList<>();
    content.add(ByteBuffer.wrap(strings));
    for (FunctionImage function : functions) {
      content.add(function.name());
      content.add(ByteBuffer.wrap(function.code()));
      content.add(function.references());
    }
    return content;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GeneratedCode code && content().equals(code.content());
  }

  @Override
  public int hashCode() {
    return content().hashCode();
  }
}
