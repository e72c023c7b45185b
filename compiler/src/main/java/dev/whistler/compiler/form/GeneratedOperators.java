package dev.whistler.compiler.form;

import dev.whistler.compiler.define.StructOperators;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables.Generated;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ReservedNames;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives definitions their operators: accessors, makers, tags (sections 9.3, 14 and 17.2). */
final class GeneratedOperators implements StructOperators {
  private final UnitContext unit;

  GeneratedOperators(UnitContext unit) {
    this.unit = unit;
  }

  @Override
  public void struct(StructLayout layout, Origin at) {
    String s = layout.name();
    Map<String, Operator> operators = new LinkedHashMap<>();
    add(operators, "make-" + s, StructForms.maker(layout), at);
    add(operators, "as-" + s, StructForms.typed(layout), at);
    for (StructField field : layout.fields()) {
      String accessor = s + "-" + field.name();
      add(operators, accessor, StructForms.field(layout, field), at);
      add(operators, accessor + "-ptr", StructForms.fieldPointer(layout, field), at);
      add(operators, "set-" + accessor + "!", StructForms.setter(layout, field), at);
    }
    define("struct " + s, operators, at);
  }

  @Override
  public void union(UnionLayout layout, Origin at) {
    Map<String, Operator> operators = new LinkedHashMap<>();
    operators.put("make-" + layout.name(), StructForms.maker(layout));
    operators.put("as-" + layout.name(), StructForms.typed(layout));
    define("union " + layout.name(), operators, at);
  }

  private void add(Map<String, Operator> operators, String name, Operator operator, Origin at) {
    if (operators.put(name, operator) != null) {
      throw unit.fail(Message.ACCESSOR_TWICE, at, name);
    }
  }

  /** Defines the operators of a definition, all or none. */
  void define(String definition, Map<String, Operator> operators, Origin at) {
    for (String name : operators.keySet()) {
      if (ReservedNames.contains(name)) {
        throw unit.fail(Message.ACCESSOR_IS_BUILT_IN, at, definition, name);
      }
      Generated other = unit.tables().operators().get(name);
      if (other != null && !other.definition().equals(definition)) {
        throw unit.fail(Message.OPERATOR_TWICE, at, definition, other.definition(), name);
      }
    }
    operators.forEach(
        (name, operator) ->
            unit.tables().operators().put(name, new Generated(operator, definition)));
  }
}
