package dev.whistler.compiler.table;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape.InContext;
import java.util.List;
import java.util.Optional;

/**
 * The context structure of a program type (appendix B).
 *
 * @param name C name
 * @param fields in order of offset; fields may share an offset
 */
public record ContextStructure(String name, List<Field<InContext>> fields) {
  public ContextStructure {
    fields = List.copyOf(fields);
  }

  /** The field of that source name. */
  public Optional<Field<InContext>> field(String fieldName) {
    return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
  }

  /** Fields, or elements of array fields, that start at an offset. */
  public List<Field<InContext>> at(int offset) {
    return fields.stream()
        .filter(
            f ->
                offset >= f.offset()
                    && offset < f.offset() + f.size()
                    && (offset - f.offset()) % f.shape().loaded().width() == 0)
        .toList();
  }
}
