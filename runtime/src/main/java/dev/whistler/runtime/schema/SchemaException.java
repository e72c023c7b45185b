package dev.whistler.runtime.schema;

/** The schema section of an object is missing, damaged or contradicts itself. */
public final class SchemaException extends Exception {
  private static final long serialVersionUID = 1;

  public SchemaException(String message) {
    super(message);
  }
}
