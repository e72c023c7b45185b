package dev.whistler.compiler.reader;

import java.util.Map;
import java.util.stream.Collectors;

/** Data as text that reads back as the same data. */
public final class DatumText {
  private static final Map<SymbolName, String> PREFIXES =
      Map.of(
          SymbolName.QUOTE, "'",
          SymbolName.FUNCTION, "#'",
          SymbolName.QUASIQUOTE, "`",
          SymbolName.UNQUOTE, ",",
          SymbolName.SPLICE, ",@");

  private DatumText() {}

  public static String of(Datum datum) {
    return switch (datum) {
      case Datum.Symbol symbol -> symbol(symbol.name());
      case Datum.Int number -> number.value().toString();
      case Datum.Str string ->
          '"' + string.text().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      case Datum.Char c ->
          "#\\"
              + switch (c.codePoint()) {
                case ' ' -> "Space";
                case '\n' -> "Newline";
                case '\t' -> "Tab";
                case 0 -> "Nul";
                default -> Character.toString(c.codePoint());
              };
      case Cons pair -> list(pair);
      case Vector vector ->
          vector.elements().stream().map(DatumText::of).collect(Collectors.joining(" ", "#(", ")"));
      default -> "#<" + datum.getClass().getSimpleName() + ">";
    };
  }

  private static String symbol(SymbolName name) {
    boolean plain =
        !name.text().isEmpty()
            && name.text().codePoints().allMatch(Atoms::isConstituent)
            && SymbolTable.fold(name.text()).equals(name.text())
            && name.text().indexOf(':') < 0
            && !name.text().chars().allMatch(c -> c == '.')
            && new Atoms(new SymbolTable()).classify(name.text(), false) instanceof Atoms.Name;
    return (name.isKeyword() ? ":" : "") + (plain ? name.text() : "|" + name.text() + "|");
  }

  private static String list(Cons list) {
    if (list.car() instanceof Datum.Symbol head
        && PREFIXES.containsKey(head.name())
        && list.cdr() instanceof Cons operand
        && Datum.isNil(operand.cdr())) {
      return PREFIXES.get(head.name()) + of(operand.car());
    }
    StringBuilder text = new StringBuilder("(");
    Datum at = list;
    while (at instanceof Cons pair) {
      text.append(at == list ? "" : " ").append(of(pair.car()));
      at = pair.cdr();
    }
    if (!Datum.isNil(at)) {
      text.append(" . ").append(of(at));
    }
    return text.append(')').toString();
  }
}
