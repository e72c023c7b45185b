package dev.whistler.compiler.kernel;

import java.util.List;

/**
 * A kernel function's prototype.
 *
 * @param name the kernel's name
 * @param parameters in order
 */
public record KernelFunction(String name, List<Parameter> parameters) {
  public KernelFunction {
    parameters = List.copyOf(parameters);
  }

  /**
   * One parameter.
   *
   * @param name may be empty
   * @param size bytes: 1, 2, 4 or 8; 8 for the words of what is wider
   * @param signed whether a signed integer
   * @param structName C name of the struct it points to, or empty
   * @param pointer whether it is a pointer
   */
  public record Parameter(
      String name, int size, boolean signed, String structName, boolean pointer) {}
}
