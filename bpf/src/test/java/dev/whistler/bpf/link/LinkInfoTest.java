package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where struct bpf_link_info keeps what probes missed, by the running kernel's own types. */
class LinkInfoTest {
  private static final int DETAILS = 16;

  private static Btf btf;
  private static BtfType.Composite info;

  @BeforeAll
  static void kernelTypes() {
    Assumptions.assumeTrue(KernelBtf.isPresent(), "this kernel has no type information");
    btf = KernelBtf.running();
    info =
        (BtfType.Composite)
            btf.type(btf.find("bpf_link_info", BtfType.Composite.class).orElseThrow());
  }

  /** Bytes from the beginning of a structure to a member, looked for in anonymous ones too. */
  private static OptionalInt offset(BtfType.Composite within, String... path) {
    for (BtfType.Member member : within.members()) {
      BtfType type = btf.type(btf.resolve(member.type()));
      boolean named = member.name().equals(path[0]);
      if (named && path.length == 1) {
        return OptionalInt.of(member.bitOffset() / 8);
      }
      if ((named || member.name().isEmpty()) && type instanceof BtfType.Composite inner) {
        OptionalInt found = offset(inner, named ? rest(path) : path);
        if (found.isPresent()) {
          return OptionalInt.of(member.bitOffset() / 8 + found.getAsInt());
        }
      }
    }
    return OptionalInt.empty();
  }

  private static String[] rest(String... path) {
    return Arrays.copyOfRange(path, 1, path.length);
  }

  private static LinkInfo link(LinkType type, int event, OptionalInt missedAt) {
    ByteBuffer details = ByteBuffer.allocate(112).order(ByteOrder.LITTLE_ENDIAN);
    details.putInt(0, event);
    missedAt.ifPresent(at -> details.putLong(at - DETAILS, 77));
    return new LinkInfo(type, 1, 1, details.array(), missedAt.isPresent());
  }

  @Test
  void aKernelThatCountsMissesHasThemInALongerStructure() {
    OptionalInt missed = offset(info, "perf_event", "kprobe", "missed");
    assertThat(offset(info, "kprobe_multi", "missed").isPresent()).isEqualTo(missed.isPresent());
    assertThat(info.size() > 48).isEqualTo(missed.isPresent());
  }

  @Test
  void missesAreReadWhereTheKernelHasThem() {
    OptionalInt multi = offset(info, "kprobe_multi", "missed");
    assertThat(link(LinkType.KPROBE_MULTI, 0, multi).missed())
        .isEqualTo(multi.isPresent() ? OptionalLong.of(77) : OptionalLong.empty());
    OptionalInt probe = offset(info, "perf_event", "kprobe", "missed");
    for (int event : new int[] {3, 4}) {
      assertThat(link(LinkType.PERF_EVENT, event, probe).missed())
          .isEqualTo(probe.isPresent() ? OptionalLong.of(77) : OptionalLong.empty());
    }
    assertThat(link(LinkType.PERF_EVENT, 1, probe).missed()).as("a uprobe").isEmpty();
    assertThat(link(LinkType.XDP, 0, probe).missed()).isEmpty();
  }
}
