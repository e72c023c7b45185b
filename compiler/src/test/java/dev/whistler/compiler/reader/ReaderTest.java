package dev.whistler.compiler.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.source.MalformedTextException;
import dev.whistler.compiler.source.SourceText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 2. */
class ReaderTest {
  private final Diagnostics diagnostics = new Diagnostics(false, Set.of());
  private final SymbolTable symbols = new SymbolTable();

  private List<Datum> read(String text) {
    return new Reader(symbols, Set.of("whistler", "x86-64"), diagnostics)
        .read(new SourceText("t", text));
  }

  private String shown(String text) {
    String data = read(text).stream().map(DatumText::of).collect(Collectors.joining(" "));
    return Stream.concat(
            Stream.of(data).filter(d -> !d.isEmpty()),
            diagnostics.sorted(List.of("t")).stream().map(ReaderTest::shown))
        .collect(Collectors.joining(" ; "));
  }

  private static String shown(Diagnostic d) {
    return d.code().text() + " " + d.range().toString().substring(2) + " " + d.message();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiterString = " => ", quoteCharacter = '\u0001', textBlock = EXAMPLES)
  void examples(String text, String expected) {
    assertThat(shown(text)).isEqualTo(expected);
  }

  static final String EXAMPLES =
      """
      (a . b) => (a . b)
      (a b . (c d)) => (a b c d)
      () => nil
      Foo BAR-baz => foo bar-baz
      |Odd name| => |Odd name|
      pkg:Name pkg::other #:third => name other third
      :Key => :key
      123 -5 +7 12. => 123 -5 7 12
      #xFF #b101 #o17 #36rZZ #x-10 => 255 5 15 1295 -16
      "a \\"quoted\\" \\\\ text" => "a \\"quoted\\" \\\\ text"
      #\\a #\\Space #\\newline #\\( => #\\a #\\Space #\\Newline #\\(
      #(a 1 "b") => #(a 1 "b")
      'x `(a ,b ,@c) #'f => 'x `(a ,b ,@c) #'f
      a ; comment => a
      a #| b #| c |# d |# e => a e
      1+ 1- + - ... => 1+ 1- + - ; E-READ 1:11-1:14 a symbol does not consist of dots only
      1+ 1- + - -> 1e => 1+ 1- + - -> 1e
      (a #+whistler b #-whistler c) => (a b)
      (#+(and x86-64 (not arm64)) a #+(or arm64 level-9) b) => (a)
      #-whistler (1.5 #.(x) #S(y)) z => z
      #+nil (a) b => b
      #-other #.(progn (x) (y)) b => E-READEVAL 1:9-1:11 there is no read-time evaluation ; b
      #+other #.(progn (x) (y)) b => b
      #+other #S(point :x 1) #+other #P"a/b" #+other #C(1 2) #+other #1=(a) #+other #*101 b => b
      #+other (a #.(b) #1# #S(c) #*1 [ 1.5) b => b
      #+(or other (and other)) #.'(x) #-(not other) #.#.x b => b
      #+other #+other #.(a) (b) c => c
      (a #S(point) b) c => c ; E-READ 1:4-1:6 #S has no meaning
      #.(+ 1 2) => E-READEVAL 1:1-1:3 there is no read-time evaluation
      (a 1.5) (b) => (b) ; E-FLOAT 1:4-1:7 there are no floating-point numbers
      1e3 => E-FLOAT 1:1-1:4 there are no floating-point numbers
      1/2 => E-FLOAT 1:1-1:4 there are no ratios
      #C(1 2) => (1 2) ; E-READ 1:1-1:3 #C has no meaning
      (defmap m :type :hash => E-READ 1:1-1:2 list is not closed
      (a (b) => E-READ 1:1-1:2 list is not closed
      a) => a ; E-READ 1:2-1:3 this parenthesis closes nothing
      "abc => E-READ 1:1-1:2 string is not closed
      |abc => E-READ 1:1-1:2 symbol is not closed
      #| abc => E-READ 1:1-1:3 comment is not closed
      #(a => E-READ 1:1-1:3 vector is not closed
      (a . b c) => E-READ 1:1-1:9 a dot must stand between the last two elements of a list
      ( . a) => E-READ 1:1-1:4 a dot must stand between the last two elements of a list
      a . b => a b ; E-READ 1:3-1:4 a dot must stand inside a list
      (a .) => E-READ 1:1-1:5 a dot must stand between the last two elements of a list
      ' => E-READ 1:1-1:2 nothing follows this prefix
      (') => E-READ 1:2-1:3 nothing follows this prefix
      #\\Rubout => E-READ 1:1-1:9 unknown character name
      #xZZ => E-READ 1:1-1:5 not an integer of radix 16
      "a\\n" => E-READ 1:3-1:5 unknown escape in a string
      a:b:c => E-READ 1:1-1:6 misplaced colon in a symbol
      é größe => é größe
      a\u200bb => a b ; E-READ 1:2-1:3 character U+200B is not allowed here
      {a} => a ; E-READ 1:1-1:2 character { is not allowed here ; E-READ 1:3-1:4 character } is not allowed here
      #+(xor a) b c => c ; E-READ 1:1-1:3 not a feature expression: a name, (and …), (or …) or (not …)
      """;

  @Test
  void everyDatumKnowsItsRange() {
    List<Datum> data = read("(foo\n  \"b\"\t'ü x)\r\n  42");

    assertThat(data.getFirst().range()).hasToString("t:1:1-2:12");
    List<Datum> parts = ProperList.elements(data.getFirst()).orElseThrow();
    assertThat(parts)
        .extracting(d -> d.range().toString())
        .containsExactly("t:1:2-1:5", "t:2:3-2:6", "t:2:7-2:9", "t:2:10-2:11");
    assertThat(data.get(1).range()).hasToString("t:3:3-3:5");
  }

  @Test
  void columnsCountCodePoints() {
    assertThat(read("\"𝒳𝒳\" x").get(1).range()).hasToString("t:1:6-1:7");
  }

  @Test
  void symbolsAreTheSameWithoutCase() {
    List<Datum> data = read("Foo fOO |Foo| :foo");

    SymbolName first = ((Datum.Symbol) data.getFirst()).name();
    assertThat(((Datum.Symbol) data.get(1)).name()).isSameAs(first);
    assertThat(((Datum.Symbol) data.get(2)).name()).isNotSameAs(first);
    assertThat(((Datum.Symbol) data.get(3)).name()).isNotSameAs(first);
    assertThat(first.spelling()).isEqualTo("Foo");
  }

  @Test
  void bytesMustBeUtf8() throws MalformedTextException {
    byte[] marked = "\ufeff(a)".getBytes(StandardCharsets.UTF_8);
    assertThat(SourceText.decode("t", marked).text()).isEqualTo("(a)");

    byte[] bad = {'a', '\n', (byte) 0xc3, (byte) 0xa9, (byte) 0xff, 'b'};
    assertThatThrownBy(() -> SourceText.decode("t", bad))
        .isInstanceOfSatisfying(
            MalformedTextException.class, e -> assertThat(e.range()).hasToString("t:2:2-2:3"))
        .hasMessage("byte 0xff is not valid UTF-8; save the file as UTF-8");
    assertThatThrownBy(() -> SourceText.decode("t", new byte[] {'a', (byte) 0xe2, (byte) 0x82}))
        .isInstanceOf(MalformedTextException.class);
  }

  static Stream<String> hostile() {
    return Stream.of(
        "(".repeat(401) + ")".repeat(401),
        "(".repeat(1_000_000),
        ")".repeat(1_000_000),
        "'".repeat(1_000_000) + "x",
        "`,".repeat(500_000) + "x",
        "#+a ".repeat(200_000) + "x",
        "#-whistler ".repeat(90_000) + "x",
        "#(".repeat(500_000),
        "#|".repeat(500_000),
        "#+(and ".repeat(100_000),
        "\"" + "x".repeat(16_385) + "\"",
        "\"" + "x".repeat(1_000_000),
        "x".repeat(129),
        "x".repeat(1_000_000),
        "|" + "x".repeat(129) + "|",
        "9".repeat(1_000_000),
        "#x" + "f".repeat(1_000_000),
        "#36r" + "z".repeat(1_000_000),
        "#99999999999999999999r1",
        "1/" + "9".repeat(900_000),
        "1e" + "9".repeat(900_000),
        "a ".repeat(500_001),
        "() ".repeat(10_001),
        "x".repeat(2 << 20),
        "é".repeat(600_000),
        "a\0b",
        "\"a\0b\"",
        "; \0",
        "#| \0 |#",
        "|\0|",
        "\ud800",
        "\"\udc00\"",
        "\u202e(drop-all)",
        "(a\u00a0b)",
        "\u200d",
        ":",
        "a:",
        "::",
        "#",
        "#\\",
        "#:",
        "#+",
        "#'",
        ",",
        ",@",
        "(a . )",
        "(. )",
        "#S(a)",
        "#1=(a . #1#)",
        "#*0101",
        "#P\"/etc/passwd\"",
        "#.(run-program \"sh\")");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileTextsAreRefusedQuickly(String text) {
    long start = System.nanoTime();
    read(text);
    long millis = (System.nanoTime() - start) / 1_000_000;

    assertThat(diagnostics.hasErrors()).isTrue();
    assertThat(millis).isLessThan(3_000);
  }

  @Test
  void limitsAreInclusive() {
    assertThat(shown("x".repeat(128))).isEqualTo("x".repeat(128));
    assertThat(read("(".repeat(400) + ")".repeat(400))).hasSize(1);
    assertThat(read("() ".repeat(9_990))).hasSize(9_990);
    assertThat(diagnostics.hasErrors()).isFalse();
  }
}
