package dev.whistler.compiler.reader;

import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A vector, {@code #(a b)}: macro-time data; mutable and growable. */
public final class Vector implements Datum {
  private final List<Datum> elements;
  private final @Nullable SourceRange range;

  public Vector(List<? extends Datum> elements, @Nullable SourceRange range) {
    this.elements = new ArrayList<>(elements);
    this.range = range;
  }

  /** The elements themselves: changes show. */
  public List<Datum> elements() {
    return elements;
  }

  @Override
  public @Nullable SourceRange range() {
    return range;
  }
}
