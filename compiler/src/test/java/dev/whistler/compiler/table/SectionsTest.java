package dev.whistler.compiler.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectionsTest {
  @Test
  void tracepointSectionNamesItsEvent() {
    ResolvedSection section = Sections.resolve("tracepoint/sched/sched_process_exit").orElseThrow();

    assertThat(section.type()).isEqualTo("tracepoint");
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
    assertThat(section.type()).isEqualTo(type);
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

  @Test
  void typesHaveTheDefaultsOfTheAppendix() {
    assertThat(Sections.defaultOf("xdp").orElseThrow().canonical()).isEqualTo("xdp");
    assertThat(Sections.defaultOf("cgroup-device").orElseThrow().canonical())
        .isEqualTo("cgroup/dev");
    assertThat(Sections.defaultOf("cgroup-sock-addr")).isEmpty();
    assertThat(Sections.lacksTarget(Sections.defaultOf("kprobe").orElseThrow())).isTrue();
    assertThat(Sections.lacksTarget(Sections.defaultOf("xdp").orElseThrow())).isFalse();
  }

  @Test
  void returnValuesAreChecked() {
    ResolvedSection lwt = Sections.resolve("lwt_xmit").orElseThrow();
    ResolvedSection tc = Sections.resolve("tc").orElseThrow();
    ResolvedSection lsm = Sections.resolve("lsm/bpf").orElseThrow();

    assertThat(List.of(0L, 1L, 2L, 7L))
        .filteredOn(v -> Sections.allowsReturn(lwt, v))
        .containsExactly(0L, 2L, 7L);
    assertThat(Sections.allowsReturn(tc, -1)).isTrue();
    assertThat(Sections.allowsReturn(tc, 9)).isFalse();
    assertThat(Sections.allowsReturn(lsm, -4095)).isTrue();
    assertThat(Sections.allowsReturn(lsm, 1)).isFalse();
  }
}
