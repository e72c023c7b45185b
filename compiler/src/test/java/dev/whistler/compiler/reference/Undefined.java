package dev.whistler.compiler.reference;

/**
 * The program did something whose result the specification leaves open, such as reading a deleted
 * map element; such programs prove nothing.
 */
final class Undefined extends RuntimeException {
  private static final long serialVersionUID = 1;

  Undefined(String message) {
    super(message);
  }
}
