package dev.whistler.runtime.decode;

import dev.whistler.runtime.schema.ValueType;
import java.lang.foreign.MemorySegment;

/** Renders values of one type, such as keys of a map, as JSON text. Used by one thread. */
public final class ValueRenderer {
  private final FieldWriter writer;
  private final int size;
  private final Rendering out;

  public ValueRenderer(ValueType type, WallClock clock, WideNumbers wide) {
    writer = new ValueWriters(wide).of(type);
    size = type.size();
    out = new Rendering(new JsonBuffer(256), clock);
  }

  /**
   * @throws IndexOutOfBoundsException if fewer bytes than the type's size follow {@code at}
   */
  public String render(MemorySegment source, long at) {
    out.json().clear();
    writer.write(source.asSlice(at, size), 0, out);
    return out.json().toString();
  }
}
