package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape.InStruct;
import java.util.List;
import java.util.Optional;

/**
 * A kernel struct or union.
 *
 * @param cName the kernel's name
 * @param size bytes
 * @param union whether it is a union
 * @param fields members, those of anonymous structs and unions flattened
 */
public record KernelStruct(String cName, int size, boolean union, List<Field<InStruct>> fields) {
  public KernelStruct {
    fields = List.copyOf(fields);
  }

  /** The member of that name. */
  public Optional<Field<InStruct>> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }
}
