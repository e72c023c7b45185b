package dev.whistler.compiler.define;

import dev.whistler.compiler.define.StructDefinitions.WrittenType;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Kinds written with {@code :as} (section 9.6). */
public final class KindDeclarations {
  private final UnitContext unit;
  private final Diagnostics diagnostics;

  KindDeclarations(UnitContext unit, Diagnostics diagnostics) {
    this.unit = unit;
    this.diagnostics = diagnostics;
  }

  Kind parse(Datum datum, WrittenType field, String name, ExpansionContext context) {
    Origin at = context.originOf(datum);
    Kind kind = datum instanceof Cons cons ? enumeration(cons, at, context) : simple(datum, at);
    if (!kind.suits(field.type(), field.count())) {
      throw diagnostics.fail(Message.KIND_UNSUITABLE, at, kind.text(), name, kind.suitable());
    }
    return kind;
  }

  private Kind simple(Datum datum, Origin at) {
    List<String> names = Arrays.stream(Kind.Simple.values()).map(Kind.Simple::text).toList();
    String name = datum instanceof Datum.Symbol symbol ? symbol.name().text() : "";
    return Kind.Simple.named(name)
        .orElseThrow(
            () -> {
              String hint = NearMatches.hint(name, names);
              return name.isEmpty()
                  ? diagnostics.fail(Message.KIND_EXPECTED, at, hint)
                  : diagnostics.fail(Message.KIND_UNKNOWN, at, name, hint);
            });
  }

  private Kind enumeration(Cons cons, Origin at, ExpansionContext context) {
    List<Datum> parts = ProperList.require(cons, "a kind", at, diagnostics);
    if (!(parts.getFirst() instanceof Datum.Symbol head) || !head.name().text().equals("enum")) {
      throw enumShape(at);
    }
    TreeMap<Long, String> labels = new TreeMap<>();
    for (Datum entry : parts.subList(1, parts.size())) {
      List<Datum> pair = ProperList.elements(entry).orElse(List.of());
      if (pair.size() != 2 || !(pair.get(1) instanceof Datum.Str label)) {
        throw enumShape(context.originOf(entry));
      }
      long value =
          new ConstantExpressions(unit, diagnostics)
              .require(pair.get(0), context, "the value of a label");
      if (labels.put(value, label.text()) != null) {
        throw diagnostics.fail(Message.LABEL_TWICE, context.originOf(entry), value);
      }
    }
    return new Kind.Enumeration(labels);
  }

  private AnalysisException enumShape(Origin at) {
    return diagnostics.fail(Message.LABELS_SHAPE, at);
  }
}
