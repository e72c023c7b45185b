package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape.InArguments;
import java.util.List;

/**
 * A kernel function's prototype.
 *
 * @param name the kernel's name
 * @param parameters in order, each in a word of 8 bytes; names may be empty, as those of the
 *     further words of what is wider
 */
public record KernelFunction(String name, List<Field<InArguments>> parameters) {
  public KernelFunction {
    parameters = List.copyOf(parameters);
  }
}
