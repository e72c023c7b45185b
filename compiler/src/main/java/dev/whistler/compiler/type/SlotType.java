package dev.whistler.compiler.type;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key or value slot of a map (section 10.3).
 *
 * @param size bytes
 * @param scalar the scalar type it was declared by, or null
 * @param layout the struct or union it was declared by, or null
 */
public record SlotType(int size, @Nullable ScalarType scalar, @Nullable Layout layout) {
  /** As which number it is read and written (section 10.4); empty for other slots. */
  public Optional<ScalarType> asScalar() {
    if (scalar != null) {
      return Optional.of(scalar);
    }
    return layout == null && (size == 1 || size == 2 || size == 4 || size == 8)
        ? Optional.of(ScalarType.of(size, false))
        : Optional.empty();
  }
}
