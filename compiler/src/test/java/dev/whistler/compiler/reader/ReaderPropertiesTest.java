package dev.whistler.compiler.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.source.SourceText;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is printed reads back as the same data, and no text does harm. */
class ReaderPropertiesTest {
  private static final SymbolTable SYMBOLS = new SymbolTable();

  private static List<Datum> read(String text, Diagnostics diagnostics) {
    return new Reader(SYMBOLS, Set.of(), diagnostics).read(new SourceText("t", text));
  }

  @Property(tries = 500)
  void printedDataReadBack(@ForAll("data") Datum datum) {
    Diagnostics diagnostics = new Diagnostics(false, Set.of());
    String text = DatumText.of(datum);

    List<Datum> again = read(text, diagnostics);

    assertThat(diagnostics.sorted(List.of("t"))).isEmpty();
    assertThat(again).singleElement().satisfies(d -> assertThat(DatumText.of(d)).isEqualTo(text));
  }

  @Property(tries = 500)
  void anyTextIsReadOrRefused(@ForAll("texts") String text) {
    Diagnostics diagnostics = new Diagnostics(false, Set.of());

    List<Datum> data = read(text, diagnostics);

    assertThat(data).allSatisfy(datum -> assertThat(datum.range()).isNotNull());
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("()'`,@#|\\\";:.+-0123456789abxrS \n\0é\u200b{")
        .ofMaxLength(60);
  }

  @Provide
  Arbitrary<Datum> data() {
    Arbitrary<Datum> atoms =
        Arbitraries.<Datum>oneOf(
            Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars("A1+-*/ .:")
                .ofMinLength(1)
                .ofMaxLength(8)
                .map(text -> new Datum.Symbol(SYMBOLS.literal(text), null)),
            Arbitraries.strings()
                .alpha()
                .ofMinLength(1)
                .ofMaxLength(5)
                .map(text -> new Datum.Symbol(SYMBOLS.keyword(text), null)),
            Arbitraries.bigIntegers()
                .between(BigInteger.TWO.pow(200).negate(), BigInteger.TWO.pow(200))
                .map(value -> new Datum.Int(value, null)),
            Arbitraries.strings()
                .ascii()
                .excludeChars('\0')
                .ofMaxLength(10)
                .map(text -> new Datum.Str(text, null)),
            Arbitraries.chars().range('!', '~').map(c -> new Datum.Char(c, null)));
    return Arbitraries.recursive(
        () -> atoms,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(4).map(list -> ProperList.of(list, null)),
                inner.list().ofMaxSize(3).map(list -> new Vector(list, null)),
                inner.map(d -> prefixed(SymbolName.QUASIQUOTE, d)),
                inner.map(d -> prefixed(SymbolName.UNQUOTE, d))),
        0,
        4);
  }

  private static Datum prefixed(SymbolName prefix, Datum datum) {
    return ProperList.of(new Datum.Symbol(prefix, null), datum);
  }
}
