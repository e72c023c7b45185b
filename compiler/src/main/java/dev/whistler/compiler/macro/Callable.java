package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import org.jspecify.annotations.Nullable;

/** A function as a value at macro time. */
interface Callable extends Datum {
  /** Applies it; the result may be {@link Values}. The arguments belong to the callee. */
  Datum apply(Datum... arguments);

  /** For messages and printing. */
  String name();

  /** Applies it for one value. */
  default Datum call(Datum... arguments) {
    return Values.primary(apply(arguments));
  }

  @Override
  default @Nullable SourceRange range() {
    return null;
  }
}
