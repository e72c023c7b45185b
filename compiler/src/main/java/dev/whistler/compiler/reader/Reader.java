package dev.whistler.compiler.reader;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the source texts of one unit into data with ranges (section 2). The limits of section 22
 * hold for all texts together, so one reader serves one compilation.
 */
public final class Reader {
  /** Bytes of UTF-8 of all texts. */
  static final int MAX_BYTES = 1 << 20;

  /** Atoms and parentheses of all texts. */
  static final int MAX_TOKENS = 500_000;

  /** Top-level forms of all texts. */
  static final int MAX_FORMS = 10_000;

  /** Nesting of lists, vectors and quotes. */
  public static final int MAX_DEPTH = 400;

  final SymbolTable symbols;
  private final Set<String> features;
  private final Diagnostics diagnostics;
  private final Map<SourceRange, String> packages = new HashMap<>();
  private long bytes;
  private int tokens;
  private int forms;

  /** Ends the reading of one text after an error that leaves no place to go on from. */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super(null, null, false, false);
    }
  }

  /**
   * Creates a reader.
   *
   * @param symbols where symbols are interned
   * @param features what holds in {@code #+} and {@code #-}, for instance {@code whistler}, {@code
   *     x86-64}
   * @param diagnostics where errors go
   */
  public Reader(SymbolTable symbols, Set<String> features, Diagnostics diagnostics) {
    this.symbols = symbols;
    this.features = Set.copyOf(features);
    this.diagnostics = diagnostics;
  }

  /**
   * The top-level data of one text. Errors are reported; a top-level form with an error is left
   * out, and so is what follows an unbalanced parenthesis or an exceeded limit.
   */
  public List<Datum> read(SourceText source) {
    List<Datum> result = new ArrayList<>();
    Cursor cursor = new Cursor(source);
    try {
      bytes += utf8Length(source.text());
      if (bytes > MAX_BYTES) {
        throw fail(Message.SOURCE_TOO_LONG, cursor.since(cursor.mark()), MAX_BYTES);
      }
      SourceText.Malformed malformed = source.malformed();
      if (malformed != null) {
        throw fail(Message.SOURCE_MALFORMED, malformed.range(), malformed.message());
      }
      FormReader reader = new FormReader(this, cursor);
      for (Datum form = reader.next(); form != null; form = reader.next()) {
        if (++forms > MAX_FORMS) {
          SourceRange at = form.range();
          throw fail(
              Message.TOO_MANY_FORMS, at == null ? cursor.since(cursor.mark()) : at, MAX_FORMS);
        }
        result.add(form);
      }
    } catch (Abandoned ignored) {
      // Reported where it was thrown; what was read before it stays.
    }
    return result;
  }

  private static long utf8Length(String text) {
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // A surrogate is half of a four-byte sequence.
      length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }

  /** Notes the package that a symbol was written with. */
  void notePackage(SourceRange at, String name) {
    packages.put(at, name);
  }

  /**
   * Whether a symbol was written {@code bpf:name}. The package is no part of a symbol's identity,
   * but marks user-space forms of the original's loader (section 3.3).
   */
  public boolean isLoaderSymbol(Datum.Symbol symbol) {
    return packageOf(symbol).equals("bpf");
  }

  /**
   * The package that a symbol was written with, folded to lower case; empty without one. It is no
   * part of the symbol's identity, but tells a foreign name from a misspelt one of the language.
   */
  public String packageOf(Datum.Symbol symbol) {
    SourceRange range = symbol.range();
    return range == null ? "" : packages.getOrDefault(range, "");
  }

  boolean hasFeature(String name) {
    return features.contains(name);
  }

  /** Counts a token that ends at the cursor. */
  void countToken(SourceRange at) {
    if (++tokens > MAX_TOKENS) {
      throw fail(Message.TOO_MANY_TOKENS, at, MAX_TOKENS);
    }
  }

  void report(Message message, SourceRange at, Object... arguments) {
    diagnostics.report(message, at, arguments);
  }

  Abandoned fail(Message message, SourceRange at, Object... arguments) {
    diagnostics.report(message, at, arguments);
    return new Abandoned();
  }
}
