package dev.whistler.compiler.form;

import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.StructLayout;
import java.util.Collection;
import java.util.Map;

/** The semantic kinds of fields without {@code :as}, from what is written to them (9.7). */
final class KindInference {
  void read(Expr load, Place.FieldRef field) {}

  void mapRead(Expr value, MapDefinition map) {}

  void write(Place.FieldRef field, Expr value, BindingTypes bindings) {}

  void computed(Place.FieldRef field) {}

  void mapWrite(MapDefinition map, Expr value, BindingTypes bindings) {}

  void mapComputed(MapDefinition map) {}

  void copied(Expr target, Expr source, int length, BindingTypes bindings) {}

  void cTyped(Expr value, String cType) {}

  void recordArray(Expr address, dev.whistler.compiler.kernel.TracepointFormat.Field field) {}

  void kernelArray(Expr address, dev.whistler.compiler.kernel.KernelStruct.Field field) {}

  void ipv4(Expr value) {}

  void filled(dev.whistler.compiler.table.Helper helper, java.util.List<Expr.Argument> arguments) {}

  void address(Expr address, Place.FieldRef field) {}

  void add(KindInference other) {}

  Map<String, Kind> solve(Collection<StructLayout> structs) {
    return Map.of();
  }
}
