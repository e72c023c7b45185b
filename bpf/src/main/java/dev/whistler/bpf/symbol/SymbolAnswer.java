package dev.whistler.bpf.symbol;

import java.util.List;

/** What the symbol table says about an address or a name. */
public sealed interface SymbolAnswer {
  /**
   * There are such symbols: all that share the address, or all that share the name, as static
   * functions of several files do.
   *
   * @param symbols one or more, in the order of the table
   */
  record Found(List<KernelSymbol> symbols) implements SymbolAnswer {
    /** Copies the list. */
    public Found {
      symbols = List.copyOf(symbols);
    }
  }

  /** There is no such symbol. */
  record Absent() implements SymbolAnswer {}

  /**
   * The kernel does not show addresses to this process, so there may be one.
   *
   * @param reason a sentence that says what to do
   */
  record Hidden(String reason) implements SymbolAnswer {}
}
