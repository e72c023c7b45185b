package dev.whistler.compiler.type;

import org.jspecify.annotations.Nullable;

/**
 * A pointer type.
 *
 * @param region the memory it points into
 * @param layout the struct, union or kernel struct it points to, or null
 * @param size bytes of the area from this address on, or -1 when not known
 * @param nullable whether it may be 0
 */
public record PointerType(Region region, @Nullable Layout layout, int size, boolean nullable)
    implements StaticType {

  /** The same pointer after a test against 0. */
  public PointerType nonNull() {
    return nullable ? new PointerType(region, layout, size, false) : this;
  }
}
