package dev.whistler.runtime.schema;

/** What a field, map key or map value holds: a scalar, a struct, or bytes of unknown meaning. */
public sealed interface ValueType permits ScalarType, StructSchema, ValueType.Bytes {
  /** Bytes in memory, padding included. */
  int size();

  /** Bytes of which the schema says only how many there are. */
  record Bytes(int size) implements ValueType {}
}
