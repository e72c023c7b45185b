package dev.whistler.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Damaged objects are refused or checked, and nothing is thrown. */
class HostileObjectsTest {
  private static final byte[] OBJECT =
      new SampleObject()
          .map("hits", 1)
          .function("p", "xdp")
          .patchNext()
          .load(4, 2, 1, 0)
          .storeNumber(8, 10, -8, 0)
          .move(2, 10)
          .address(1, "hits")
          .helper(1)
          .raw(0x15, 0, 0, 1, 0)
          .storeNumber(1, 0, 0, 1)
          .call("f")
          .exit(2)
          .function("f", ".text")
          .exit(0)
          .write();

  @Property(tries = 20_000)
  void changedBytesAreNoSurprise(
      @ForAll @Size(min = 1, max = 6) List<Integer> places, @ForAll byte value) {
    byte[] object = OBJECT.clone();
    for (int place : places) {
      object[Math.floorMod(place, object.length)] = value;
    }
    assertThat(TierCheck.check(object, Tier.OBSERVE)).isNotNull();
  }

  @Property(tries = 2_000)
  void aPartOfAnObjectIsRefused(@ForAll int length) {
    // The last 16 bytes, alignment and size of entries of the last section, are not looked at.
    byte[] object = Arrays.copyOf(OBJECT, Math.floorMod(length, OBJECT.length - 16));
    assertThat(TierCheck.check(object, Tier.OBSERVE))
        .extracting(Violation::kind)
        .containsExactly(Violation.Kind.MALFORMED);
  }

  @Property(tries = 1_000)
  void bytesAreRefused(@ForAll byte[] bytes) {
    assertThat(TierCheck.check(bytes, Tier.ACT))
        .extracting(Violation::kind)
        .containsExactly(Violation.Kind.MALFORMED);
  }
}
