package dev.whistler.compiler.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.object.SectionKind;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.ProgramFlags;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectionsTest {
  @Test
  void tracepointSectionNamesItsEvent() {
    ResolvedSection section = Sections.resolve("tracepoint/sched/sched_process_exit").orElseThrow();

    assertThat(section.type()).hasToString("tracepoint");
    assertThat(section.kernelType()).isEqualTo(5);
    assertThat(section.canonical()).isEqualTo("tracepoint/sched/sched_process_exit");
    assertThat(section.attachKind()).isEqualTo("tracepoint");
    assertThat(section.attachParameters())
        .isEqualTo(Map.of("category", "sched", "event", "sched_process_exit"));
    assertThat(Sections.lacksTarget(section)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "xdp/count,xdp,xdp",
    "tc/pass,tc,tc",
    "classifier/x,classifier,tc",
    "socket/a,socket,socket-filter",
    "sockops/a,sockops,sockops",
    "sk_lookup/a,sk_lookup,sk-lookup",
    "xdp/devmap,xdp/devmap,xdp",
    "tc/ingress,tc/ingress,tc",
    "cgroup/connect4,cgroup/connect4,cgroup-sock-addr"
  })
  void labelsVanishFromTheCanonicalSection(String written, String canonical, String type) {
    ResolvedSection section = Sections.resolve(written).orElseThrow();

    assertThat(section.canonical()).isEqualTo(canonical);
    assertThat(section.type()).hasToString(type);
  }

  @Test
  void parametersStandInTheOrderOfTheSchema() {
    assertThat(Sections.resolve("kretprobe/do_exit").orElseThrow().attachParameters().entrySet())
        .extracting(Map.Entry::getKey)
        .containsExactly("function", "offset", "return");
    assertThat(Sections.resolve("kprobe/do_exit+0x10").orElseThrow().attachParameters())
        .containsEntry("offset", 16L)
        .containsEntry("return", false);
    assertThat(
            Sections.resolve("uprobe//usr/bin/bash:readline+8")
                .orElseThrow()
                .attachParameters()
                .toString())
        .isEqualTo("{path=/usr/bin/bash, symbol=readline, offset=8, return=false}");
    assertThat(Sections.resolve("fentry.s/vfs_open").orElseThrow().attachParameters().toString())
        .isEqualTo("{mode=fentry, target=vfs_open}");
    assertThat(Sections.resolve("kprobe.session/tcp_*").orElseThrow().attachParameters().toString())
        .isEqualTo("{pattern=tcp_*, return=false, session=true}");
  }

  @Test
  void theLastColonDividesPathAndSymbol() {
    assertThat(Sections.resolve("uprobe//opt/a:b/m:foo@@V1.2+0x4").orElseThrow().attachParameters())
        .containsEntry("path", "/opt/a:b/m")
        .containsEntry("symbol", "foo@@V1.2")
        .containsEntry("offset", 4L);
    assertThat(Sections.resolve("uprobe.multi//opt/a:b/m:f*").orElseThrow().attachParameters())
        .containsEntry("path", "/opt/a:b/m")
        .containsEntry("pattern", "f*");
    assertThat(Sections.resolve("usdt//opt/a:b/m:provider:probe")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xdq",
        "tracepoint/a/b/c",
        "kprobe/a+z",
        "cgroup/connect5",
        "xdp/",
        "",
        "action/x",
        "lsm/a b"
      })
  void unknownSectionsResolveToNothing(String section) {
    assertThat(Sections.resolve(section)).isEmpty();
  }

  @Test
  void everySectionResolvesToItself() {
    for (String name : Sections.names()) {
      assertThat(Sections.resolve(name).orElseThrow().canonical()).isEqualTo(name);
    }
  }

  private static Optional<ResolvedSection> defaultOf(String type) {
    return Sections.defaultOf(ProgramTypes.named(type).orElseThrow());
  }

  @Test
  void typesHaveTheDefaultsOfTheAppendix() {
    assertThat(defaultOf("xdp").orElseThrow().canonical()).isEqualTo("xdp");
    assertThat(defaultOf("cgroup-device").orElseThrow().canonical()).isEqualTo("cgroup/dev");
    assertThat(defaultOf("cgroup-sock-addr")).isEmpty();
    assertThat(Sections.lacksTarget(defaultOf("kprobe").orElseThrow())).isTrue();
    assertThat(Sections.lacksTarget(defaultOf("xdp").orElseThrow())).isFalse();
  }

  @Test
  void returnValuesAreChecked() {
    AllowedReturns lwt = Sections.resolve("lwt_xmit").orElseThrow().returns();
    AllowedReturns tc = Sections.resolve("tc").orElseThrow().returns();
    AllowedReturns lsm = Sections.resolve("lsm/bpf").orElseThrow().returns();
    AllowedReturns socket = Sections.resolve("socket").orElseThrow().returns();

    assertThat(List.of(0L, 1L, 2L, 7L)).filteredOn(lwt::allow).containsExactly(0L, 2L, 7L);
    assertThat(tc.allow(-1)).isTrue();
    assertThat(tc.allow(9)).isFalse();
    assertThat(lsm.allow(-4095)).isTrue();
    assertThat(lsm.allow(1)).isFalse();
    assertThat(socket.allow(Long.MIN_VALUE)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "tracepoint/sched/sched_switch,sched/sched_switch",
    "raw_tp/sched_switch,sched_switch",
    "tp_btf/sched_switch,sched_switch",
    "fentry/vfs_open,vfs_open",
    "lsm_cgroup/bpf,bpf",
    "iter/task,task",
    "tracepoint/sched,",
    "xdp,"
  })
  void aSectionNamesItsTarget(String section, @Nullable String target) {
    assertThat(Sections.resolve(section).orElseThrow().target())
        .isEqualTo(Optional.ofNullable(target));
  }

  /** The object names a section; what the loader takes from the name is not in it. */
  @Test
  void theLoaderTakesSectionsForTheSame() {
    for (Sections.Row row : Sections.rows()) {
      SectionKind kind = SectionKind.of(row.name()).orElseThrow();
      AttachType attachType = kind.attachType();
      boolean sleepable = (kind.flags() & ProgramFlags.SLEEPABLE) != 0;

      assertThat(row.kernelType()).as(row.name()).isEqualTo(kind.type().number());
      assertThat(row.attachType())
          .as(row.name())
          .isEqualTo(attachType == null ? 0 : attachType.number());
      assertThat(row.sleepable()).as(row.name()).isEqualTo(sleepable);
    }
    assertThat(Sections.resolve("raw_tp.w/sys_enter").orElseThrow().kernelType()).isEqualTo(24);
  }

  @Test
  void sectionsOfControlGroupsHaveTheNumberInTheSchema() {
    assertThat(Sections.resolve("lsm_cgroup/bpf").orElseThrow().attachParameters().toString())
        .isEqualTo("{attachType=43, hook=bpf}");
    assertThat(Sections.resolve("cgroup/skb").orElseThrow().attachParameters()).isEmpty();
  }
}
