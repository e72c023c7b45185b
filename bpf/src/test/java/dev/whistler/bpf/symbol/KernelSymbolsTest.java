package dev.whistler.bpf.symbol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.sys.BpfException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelSymbolsTest {
  private static final String TABLE =
      """
      ffffffff81000000 t first
      ffffffff81000000 T _stext
      ffffffff81000100 t twice
      ffffffff81000180 W weak
      ffffffffc0000000 t in_module\t[some_module]
      ffffffff81000200 t twice
      ffffffffc1000000 t bpf_prog_6deef7357e7b4530_p\t[bpf]
      """;

  private static KernelSymbols parse(String text) {
    return KernelSymbols.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anAddressBelongsToTheSymbolBeforeIt() {
    KernelSymbols symbols = parse(TABLE);
    assertThat(symbols.at(0xffffffff8100017fL))
        .isEqualTo(found(new KernelSymbol("twice", 't', 0xffffffff81000100L, null)));
    assertThat(symbols.describe(0xffffffff8100017fL)).isEqualTo("twice+0x7f");
    assertThat(symbols.describe(0xffffffff81000180L)).isEqualTo("weak");
    assertThat(symbols.describe(0xffffffffc0000010L)).isEqualTo("in_module+0x10 [some_module]");
  }

  @Test
  void symbolsOfOneAddressAreToldTogether() {
    assertThat(parse(TABLE).at(0xffffffff81000001L))
        .isEqualTo(
            found(
                new KernelSymbol("first", 't', 0xffffffff81000000L, null),
                new KernelSymbol("_stext", 'T', 0xffffffff81000000L, null)));
    // the one that other files see
    assertThat(parse(TABLE).describe(0xffffffff81000001L)).isEqualTo("_stext+0x1");
  }

  @Test
  void whatLiesBeforeAllOrFarBehindBelongsToNone() {
    KernelSymbols symbols = parse(TABLE);
    for (long address : new long[] {0, 0xffffffff80ffffffL, 0xffffffff81100200L, -1}) {
      assertThat(symbols.at(address)).isEqualTo(new SymbolAnswer.Absent());
    }
    assertThat(symbols.describe(-1)).isEqualTo("0xffffffffffffffff");
    assertThat(parse("").at(1)).isEqualTo(new SymbolAnswer.Absent());
    assertThat(parse("").named("x")).isEqualTo(new SymbolAnswer.Absent());
  }

  @Test
  void aNameMayStandForSeveralSymbols() {
    KernelSymbols symbols = parse(TABLE);
    assertThat(symbols.named("twice"))
        .isEqualTo(
            found(
                new KernelSymbol("twice", 't', 0xffffffff81000100L, null),
                new KernelSymbol("twice", 't', 0xffffffff81000200L, null)));
    assertThat(symbols.named("in_module"))
        .isEqualTo(found(new KernelSymbol("in_module", 't', 0xffffffffc0000000L, "some_module")));
    assertThat(symbols.named("twic")).isEqualTo(new SymbolAnswer.Absent());
  }

  @Test
  void hiddenAddressesAreNoAnswer() {
    KernelSymbols symbols = parse(TABLE.replaceAll("(?m)^[0-9a-f]{16}", "0000000000000000"));
    assertThat(symbols.size()).isEqualTo(7);
    assertThat(symbols.at(0xffffffff81000000L)).isInstanceOf(SymbolAnswer.Hidden.class);
    assertThat(symbols.named("twice"))
        .isInstanceOfSatisfying(
            SymbolAnswer.Hidden.class, h -> assertThat(h.reason()).contains("kptr_restrict"));
    assertThat(symbols.named("nothing")).isEqualTo(new SymbolAnswer.Absent());
    assertThat(symbols.describe(0xffffffff81000000L)).isEqualTo("0xffffffff81000000");
  }

  @Test
  void damagedLinesAreToldByTheirNumber() {
    for (String line : List.of("x", "12", "12 ", "12 T", "12 T ", "12 T\n", "12 T  x", "12  T x")) {
      assertThatThrownBy(() -> parse("ffffffff81000000 t first\n" + line))
          .as(line)
          .isInstanceOf(BpfException.class)
          .hasMessageContaining("line 2 ");
    }
  }

  @Test
  void everySymbolOfThisKernelIsFoundByItsNameAndAddress() {
    KernelSymbols symbols = KernelSymbols.running();
    assertThat(symbols.size()).isGreaterThan(10_000);
    for (String name : List.of("do_exit", "vfs_read", "schedule")) {
      SymbolAnswer answer = symbols.named(name);
      assertThat(answer).as(name).isInstanceOf(SymbolAnswer.Found.class);
      KernelSymbol symbol = ((SymbolAnswer.Found) answer).symbols().getFirst();
      assertThat(symbol.name()).isEqualTo(name);
      assertThat(symbols.describe(symbol.address() + 3)).isEqualTo(name + "+0x3");
      assertThat(((SymbolAnswer.Found) symbols.at(symbol.address())).symbols()).contains(symbol);
    }
  }

  private static SymbolAnswer found(KernelSymbol... symbols) {
    return new SymbolAnswer.Found(List.of(symbols));
  }
}
