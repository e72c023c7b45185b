package dev.whistler.compiler.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TablesTest {
  @Test
  void helpersAreComplete() {
    assertThat(Helpers.all()).hasSize(211);
    for (int id = 1; id <= 211; id++) {
      assertThat(Helpers.withId(id).id()).isEqualTo(id);
    }
    Helper read = Helpers.named("bpf-probe-read-user-str").orElseThrow();
    assertThat(read.id()).isEqualTo(114);
    assertThat(read.parameters())
        .containsExactly(
            new Parameter.Memory(Parameter.Access.WRITE, new Parameter.Size.Argument(1), false),
            new Parameter.Word(),
            new Parameter.ForeignAddress(false));
    assertThat(read.gplOnly()).isTrue();
    assertThat(Helpers.named("ringbuf-submit").orElseThrow().result())
        .isEqualTo(new Helper.Result.Nothing());
    assertThat(Helpers.named("no-such-helper")).isEmpty();
  }

  private static ProgramType type(String name) {
    return ProgramTypes.named(name).orElseThrow();
  }

  private static boolean available(String helper, String type, boolean sleepable) {
    return Helpers.available(Helpers.named(helper).orElseThrow(), type(type), sleepable);
  }

  @Test
  void helpersKnowTheirProgramTypes() {
    assertThat(available("send-signal", "xdp", false)).isTrue();
    assertThat(available("redirect-map", "xdp", false)).isTrue();
    assertThat(available("redirect-map", "kprobe", false)).isFalse();
    assertThat(available("get-stackid", "lsm", false)).isTrue();
    assertThat(available("get-stackid", "xdp", false)).isFalse();
    assertThat(available("copy-from-user", "fentry", false)).isFalse();
    assertThat(available("copy-from-user", "fentry", true)).isTrue();
    assertThat(available("ima-file-hash", "lsm", false)).isFalse();
    assertThat(available("ima-file-hash", "lsm", true)).isTrue();
    assertThat(available("skb-load-bytes", "lwt-in", false)).isTrue();
    assertThat(available("skb-store-bytes", "lwt-in", false)).isFalse();
    assertThat(available("skb-store-bytes", "lwt-xmit", false)).isTrue();
  }

  /** No code is of a helper alone, and none of a type alone. */
  @Test
  void helpersAndProgramTypesHaveTheSameCodes() {
    Set<String> asked = new TreeSet<>();
    for (Helper helper : Helpers.all()) {
      assertThat(helper.programTypes()).as(helper.name()).isNotEmpty();
      helper.programTypes().forEach(code -> asked.add(code.replace(Helpers.SLEEPABLE, "")));
    }
    asked.remove("all");
    Set<String> given = new TreeSet<>();
    ProgramTypes.all().forEach(type -> given.addAll(type.helpers()));

    assertThat(given).isEqualTo(asked);
  }

  @Test
  void programTypesAreKnownToTheOtherTables() {
    Set<String> structures = new TreeSet<>();
    for (ProgramType type : ProgramTypes.all()) {
      assertThat(Sections.rows()).as("sections of %s", type).anyMatch(row -> row.type() == type);
      boolean special =
          type.hasTracepointRecord()
              || type.hasArgumentWords()
              || type.isProbe()
              || type.isSample();
      if (!special && !type.context().isEmpty()) {
        structures.add(type.context());
      }
      for (String field : type.writable()) {
        assertThat(Contexts.of(type, Architecture.X86_64).orElseThrow().field(field))
            .as("%s, which %s may write", field, type)
            .isPresent();
      }
      assertThat(type.hasArgumentWords() && type.attachPoint() == AttachPoint.NONE)
          .as("%s has arguments of nothing", type)
          .isFalse();
    }
    assertThat(structures).isEqualTo(new TreeSet<>(Contexts.structures()));
  }

  @Test
  void argumentCodesAreRead() {
    assertThat(Parameter.parse("rw4"))
        .isEqualTo(
            new Parameter.Memory(Parameter.Access.BOTH, new Parameter.Size.Argument(3), false));
    assertThat(Parameter.parse("r=20?"))
        .isEqualTo(new Parameter.Memory(Parameter.Access.READ, new Parameter.Size.Fixed(20), true));
    assertThat(Parameter.parse("cK")).isEqualTo(new Parameter.KernelObject(true, false));
    assertThat(Parameter.parse("m:queue"))
        .isEqualTo(
            new Parameter.MapOf(
                "queue", Set.of(MapType.QUEUE, MapType.STACK, MapType.BLOOM_FILTER)));
    for (String unknown : List.of("", "y", "r2x", "w=", "?")) {
      assertThatThrownBy(() -> Parameter.parse(unknown)).isInstanceOf(RuntimeException.class);
    }
  }

  /** Lengths are arguments that there are, and numbers. */
  @Test
  void lengthsOfMemoryAreWords() {
    for (Helper helper : Helpers.all()) {
      for (Parameter parameter : helper.parameters()) {
        if (parameter instanceof Parameter.Memory(_, Parameter.Size.Argument(int index), _)) {
          assertThat(helper.parameter(index))
              .as("%s of %s", parameter, helper.name())
              .isInstanceOf(Parameter.Word.class);
        }
      }
    }
  }

  @Test
  void helpersAreFoundByTheirIds() {
    for (Helper helper : Helpers.all()) {
      assertThat(Helpers.withId(helper.id())).isSameAs(helper);
    }
    assertThatThrownBy(() -> Helpers.withId(9999)).hasMessageContaining("9999");
  }

  @Test
  void constantsHaveTheirValues() {
    assertThat(Constants.value("xdp_pass")).hasValue(2);
    assertThat(Constants.value("tc_act_unspec")).hasValue(-1);
    assertThat(Constants.value("bpf_f_current_cpu")).hasValue(4294967295L);
    assertThat(Constants.value("tcp_closing")).hasValue(11);
    assertThat(Constants.value("+ethertype-ipv6+")).hasValue(0x86dd);
    assertThat(Constants.value("+econnrefused+")).hasValue(111);
    assertThat(Constants.value("+ewouldblock+")).hasValue(11);
    assertThat(Constants.value("+ehwpoison+")).hasValue(133);
    assertThat(Constants.value("xdp-pass")).isEmpty();
  }

  @Test
  void contextsHaveTheirFields() {
    ContextStructure skb = Contexts.of(type("tc"), Architecture.X86_64).orElseThrow();
    ContextStructure cgroup = Contexts.of(type("cgroup-skb"), Architecture.X86_64).orElseThrow();

    assertThat(skb.field("data").orElseThrow().shape())
        .isEqualTo(new Shape.Pointer(ScalarType.U32, Region.PACKET));
    assertThat(skb.field("cb").orElseThrow().shape())
        .isEqualTo(new Shape.Numbers(ScalarType.U32, 5));
    assertThat(skb.at(52)).extracting(Field::name).containsExactly("cb");
    assertThat(skb.at(50)).isEmpty();
    assertThat(type("tc").mayStore(skb.field("tc-classid").orElseThrow())).isTrue();
    assertThat(type("cgroup-skb").mayStore(cgroup.field("tc-classid").orElseThrow())).isFalse();
    assertThat(type("cgroup-skb").mayStore(cgroup.field("tstamp").orElseThrow())).isTrue();
    assertThat(Contexts.of(type("tracepoint"), Architecture.X86_64)).isEmpty();
    assertThat(
            Contexts.of(type("perf-event"), Architecture.ARM64)
                .orElseThrow()
                .field("addr")
                .orElseThrow()
                .offset())
        .isEqualTo(280);
    assertThat(Contexts.of(type("sk-lookup"), Architecture.X86_64).orElseThrow().at(0)).hasSize(2);
  }

  @Test
  void registersHaveTheirOffsets() {
    assertThat(Registers.accessor(Architecture.X86_64, "parm1")).hasValue(112);
    assertThat(Registers.accessor(Architecture.X86_64, "parm6")).hasValue(64);
    assertThat(Registers.accessor(Architecture.X86_64, "parm7")).isEmpty();
    assertThat(Registers.accessor(Architecture.ARM64, "parm8")).hasValue(56);
    assertThat(Registers.accessor(Architecture.ARM64, "fp")).hasValue(232);
    assertThat(Registers.accessor(Architecture.X86_64, "ip")).hasValue(128);
    assertThat(Registers.systemCallParameter(Architecture.X86_64, 4)).hasValue(56);
    assertThat(Registers.offset(Architecture.X86_64, "orig-ax")).hasValue(120);
  }

  @Test
  void protocolHeadersHaveTheirFields() {
    assertThat(ProtocolHeaders.all().keySet())
        .containsExactly("eth", "ipv4", "ipv6", "tcp", "udp", "icmp");
    assertThat(ProtocolHeaders.all().get("eth"))
        .contains(new ProtocolHeaders.Field("type", 12, ScalarType.U16, true));
  }

  @Test
  void operatorsAreReserved() {
    assertThat(ReservedNames.contains("with-ringbuf")).isTrue();
    assertThat(ReservedNames.contains("bpf-loop")).isTrue();
    assertThat(ReservedNames.contains("ktime-get-ns")).isTrue();
    assertThat(ReservedNames.contains("pt-regs-parm8")).isTrue();
    assertThat(ReservedNames.contains("latency")).isFalse();
  }
}
