package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Names of definitions and the C names made of them (section 3.4). */
public final class Names {
  /** What bodies use like a variable: {@code t} means truth there (section 2.3). */
  private static final Set<String> NAMING_VALUES = Set.of("constant", "knob", "global variable");

  private final Diagnostics diagnostics;
  private final Map<String, Origin> cNames = new HashMap<>();
  private final Map<String, String> mapPrefixes = new HashMap<>();

  public Names(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** The C name of a source name. */
  public static String cName(String name) {
    int start = 0;
    int end = name.length();
    while (start < end && isEarMuff(name.charAt(start))) {
      start++;
    }
    while (end > start && isEarMuff(name.charAt(end - 1))) {
      end--;
    }
    StringBuilder result = new StringBuilder();
    for (int i = start; i < end; i = name.offsetByCodePoints(i, 1)) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        result.append((char) (c - 'A' + 'a'));
      } else {
        result.append((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_');
      }
    }
    if (result.isEmpty() || Character.isDigit(result.charAt(0))) {
      result.insert(0, '_');
    }
    return result.toString();
  }

  private static boolean isEarMuff(char c) {
    return c == '+' || c == '*';
  }

  /** The folded name of a definition; {@code E-NAME} or {@code E-SYNTAX} if it cannot be one. */
  public String defined(Datum datum, String what, Origin at) {
    if (!(datum instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw diagnostics.fail(Message.NAME_EXPECTED, at, what);
    }
    String name = symbol.name().text();
    if (Datum.isNil(datum) || name.equals("t") && NAMING_VALUES.contains(what)) {
      throw diagnostics.fail(Message.NAME_NOT_ALLOWED, at, name, what);
    }
    if (name.startsWith(".")) {
      throw diagnostics.fail(Message.NAME_STARTS_WITH_DOT, at);
    }
    return name;
  }

  /**
   * Claims a C name among the objects of one kind.
   *
   * @return the C name
   */
  public String claim(String kind, String name, Origin at) {
    String cName = cName(name);
    Origin first = cNames.putIfAbsent(kind + " " + cName, at);
    if (first != null) {
      throw diagnostics.fail(
          Message.DEFINED_TWICE, at, kind, name, cName, first.range().startLine());
    }
    return cName;
  }

  /** Whether an object of a kind has a C name. */
  public boolean isClaimed(String kind, String cName) {
    return cNames.containsKey(kind + " " + cName);
  }

  /** Warns of maps that tools cannot tell apart: the kernel keeps 15 characters (3.4). */
  void warnMapPrefix(String cName, Origin at) {
    String prefix = cName.length() > 15 ? cName.substring(0, 15) : cName;
    String other = mapPrefixes.putIfAbsent(prefix, cName);
    if (other != null) {
      diagnostics.report(Message.MAP_NAMES_CLASH, at, other, cName);
    }
  }
}
