package dev.whistler.compiler.define;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.type.ScalarType;
import java.util.Optional;

/** Type names in definitions and forms (section 4.2). */
public final class TypeNames {
  private TypeNames() {}

  /** The scalar type that a datum names, if it does. */
  public static Optional<ScalarType> scalar(Datum datum) {
    return datum instanceof Datum.Symbol symbol && !symbol.name().isKeyword()
        ? ScalarType.named(symbol.name().text())
        : Optional.empty();
  }
}
