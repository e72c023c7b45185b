package dev.whistler.bpf.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfExt;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessStringTest {
  /** struct s { int a; int b[2]; } by hand: names, an int, an array of it, the structure. */
  private static final Btf BTF = TinyBtf.structure();

  @Test
  void numbersAreSeparatedByColons() {
    assertThat(AccessString.parse("0:12:2147483647")).containsExactly(0, 12, Integer.MAX_VALUE);
    assertThat(AccessString.single("7")).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "0:",
        ":0",
        "-1",
        "0:-1",
        "0:x",
        "0: 1",
        "+1",
        "2147483648",
        "99999999999999999999",
        "٣"
      })
  void everythingElseIsDamaged(String access) {
    assertThatThrownBy(() -> AccessString.parse(access)).isInstanceOf(BtfException.class);
  }

  @ParameterizedTest
  @CsvSource({"0:9", "0:0:0", "0:1:2", "2147483647:1:1", "0:1:2147483647"})
  void aWayThatLeadsNowhereIsATypedError(String access) {
    assertThatThrownBy(() -> FieldPath.ofAccess(BTF, TinyBtf.STRUCTURE, access))
        .isInstanceOf(BtfException.class);
  }

  @ParameterizedTest
  @CsvSource({"0:-1,0", "x,8", "99999999999999999999,10", "0:1,10", "1,8", "0,99", "0,-1", "5,10"})
  void aDamagedRelocationIsATypedError(String access, int kind) {
    CoreRelocator relocator = new CoreRelocator(BTF, BTF);
    var relocation = new BtfExt.CoreRelocation("socket", 0, TinyBtf.STRUCTURE, access, kind);
    assertThatThrownBy(() -> relocator.apply(new byte[16], Map.of(0, relocation)))
        .isInstanceOf(BtfException.class);
    assertThatThrownBy(() -> relocator.apply(new byte[16], Map.of(-1, relocation)))
        .isInstanceOf(BtfException.class);
  }
}
