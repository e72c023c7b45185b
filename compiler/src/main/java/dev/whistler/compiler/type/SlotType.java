package dev.whistler.compiler.type;

import org.jspecify.annotations.Nullable;

/**
 * A key or value slot of a map (section 10.3).
 *
 * @param size bytes
 * @param scalar the scalar type it was declared by, or null
 * @param layout the struct or union it was declared by, or null
 */
public record SlotType(int size, @Nullable ScalarType scalar, @Nullable Layout layout) {}
