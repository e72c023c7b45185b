package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.Reader;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.ResourceText;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Expands the templates of {@code standard-macros.lisp}, which says how they are written. They are
 * read when the first is used. Operators of the language are known by their text, macros of the
 * source by their symbol: a fresh symbol means the former.
 */
final class StandardMacros {
  private static final String RESOURCE = "standard-macros.lisp";
  private static final Map<String, Datum> TEMPLATES = read();

  private final Map<String, Datum> arguments;
  private final SymbolTable symbols;
  private final Map<SymbolName, Datum> fresh = new HashMap<>();

  private StandardMacros(Map<String, Datum> arguments, SymbolTable symbols) {
    this.arguments = arguments;
    this.symbols = symbols;
  }

  private static Map<String, Datum> read() {
    String text = ResourceText.of(StandardMacros.class, RESOURCE);
    Reader reader = new Reader(new SymbolTable(), Set.of(), new Diagnostics(false, Set.of()));
    Map<String, Datum> templates = new HashMap<>();
    for (Datum template : reader.read(new SourceText(RESOURCE, text))) {
      List<Datum> parts = ProperList.elements(template).orElseThrow();
      templates.put(nameOf(parts.getFirst()), parts.get(1));
    }
    return Map.copyOf(templates);
  }

  private static String nameOf(Datum symbol) {
    return ((Datum.Symbol) symbol).name().text();
  }

  /** Analyzes, for its effect, what a form stands for; each pass sees the same expansion. */
  static Expr analyze(String template, Map<String, Datum> arguments, Form form, BodyAnalyzer body) {
    Datum expansion =
        body.bindings()
            .expansion(
                form.cons(),
                () ->
                    new StandardMacros(arguments, body.unit().symbols())
                        .datum(Objects.requireNonNull(TEMPLATES.get(template))));
    return body.effect(body.analyze(expansion, Use.NONE));
  }

  /** Data of a template have no place in the source; what a use gives keeps its own. */
  private Datum datum(Datum template) {
    return switch (template) {
      case Cons cons when isMarked(cons, SymbolName.UNQUOTE) -> argument(cons);
      case Cons cons -> ProperList.of(elements(cons), null);
      case Datum.Int integer -> new Datum.Int(integer.value(), null);
      case Datum.Symbol symbol ->
          fresh.computeIfAbsent(
              symbol.name(), name -> new Datum.Symbol(symbols.uninterned(name.text()), null));
      default -> throw new IllegalStateException("a template holds " + template);
    };
  }

  private List<Datum> elements(Datum list) {
    List<Datum> result = new ArrayList<>();
    for (Datum element : ProperList.elements(list).orElseThrow()) {
      if (!(element instanceof Cons cons)) {
        result.add(datum(element));
      } else if (isMarked(cons, SymbolName.SPLICE)) {
        result.addAll(ProperList.elements(argument(cons)).orElseThrow());
      } else if (cons.car() instanceof Datum.Symbol head && head.name().isKeyword()) {
        Cons option = (Cons) cons.cdr();
        if (arguments.containsKey(nameOf(option.car())) == head.name().text().equals("with")) {
          result.addAll(elements(option.cdr()));
        }
      } else {
        result.add(datum(cons));
      }
    }
    return result;
  }

  private static boolean isMarked(Cons cons, SymbolName mark) {
    return cons.car() instanceof Datum.Symbol head && head.name() == mark;
  }

  /** What stands behind a comma. */
  private Datum argument(Cons marked) {
    String name = nameOf(((Cons) marked.cdr()).car());
    return Objects.requireNonNull(arguments.get(name), name);
  }
}
