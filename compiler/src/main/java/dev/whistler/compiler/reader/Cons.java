package dev.whistler.compiler.reader;

import dev.whistler.compiler.source.SourceRange;
import org.jspecify.annotations.Nullable;

/**
 * A pair; mutable at macro time. The first pair of a list that was read carries the range of the
 * whole list.
 */
public final class Cons implements Datum {
  private Datum car;
  private Datum cdr;
  private final @Nullable SourceRange range;

  public Cons(Datum car, Datum cdr, @Nullable SourceRange range) {
    this.car = car;
    this.cdr = cdr;
    this.range = range;
  }

  public Datum car() {
    return car;
  }

  public Datum cdr() {
    return cdr;
  }

  public void setCar(Datum car) {
    this.car = car;
  }

  public void setCdr(Datum cdr) {
    this.cdr = cdr;
  }

  @Override
  public @Nullable SourceRange range() {
    return range;
  }
}
