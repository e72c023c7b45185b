package dev.whistler.compiler.define;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;

/** Told of structs and unions, whose accessors and makers it adds to the unit's operators. */
public interface StructOperators {
  void struct(StructLayout layout, Origin at);

  void union(UnionLayout layout, Origin at);
}
