package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.runtime.AttachTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void timesAreWrittenWithAUnit() {
    assertThat(Durations.parse("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Durations.parse("10s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(Durations.parse("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(Durations.parse("1h")).isEqualTo(Duration.ofHours(1));
    assertThatThrownBy(() -> Durations.parse("10")).isInstanceOf(CommandFailure.class);
    assertThatThrownBy(() -> Durations.parse("-1s")).isInstanceOf(CommandFailure.class);
  }

  @Test
  void placesToAttachTo() {
    assertThat(AttachOption.parse("p=if:eth0"))
        .isEqualTo(new AttachTarget("p", new AttachTarget.Interface("eth0")));
    assertThat(AttachOption.parse("p=cgroup:/sys/fs/cgroup/a:b"))
        .isEqualTo(new AttachTarget("p", new AttachTarget.Cgroup(Path.of("/sys/fs/cgroup/a:b"))));
    assertThat(AttachOption.parse("p=uprobe:/lib/libc.so.6:malloc+0x10"))
        .isEqualTo(
            new AttachTarget(
                "p", new AttachTarget.Uprobe(Path.of("/lib/libc.so.6"), "malloc", 16)));
    assertThat(AttachOption.parse("p=if:eth0:egress"))
        .isEqualTo(
            new AttachTarget(
                "p", new AttachTarget.Interface("eth0", AttachTarget.Direction.EGRESS)));
    assertThat(AttachOption.parse("p=uprobe:/opt/a:b/m:f@@V1.2+0x10"))
        .isEqualTo(
            new AttachTarget("p", new AttachTarget.Uprobe(Path.of("/opt/a:b/m"), "f@@V1.2", 16)));
    for (String wrong :
        List.of(
            "",
            "=",
            ":",
            "p=:",
            "p=if::egress",
            "p=if:eth0:out",
            "p=if:eth0:",
            "p=cgroup:\0",
            "p=uprobe:\0:f",
            "p=uprobe:/bin/sh:f+-1",
            "p=uprobe:/bin/sh:f+99999999999999999999",
            "p",
            "p=eth0",
            "=if:eth0",
            "p=if:",
            "p=disk:a",
            "p=uprobe:/bin/sh",
            "p=uprobe:/bin/sh:f+x")) {
      assertThatThrownBy(() -> AttachOption.parse(wrong)).isInstanceOf(CommandFailure.class);
    }
  }

  /** Parts of places in any order: a place or a sentence about the option, and nothing else. */
  @Test
  void anyTextIsAPlaceOrRefused() {
    String[] parts = {
      "p",
      "=",
      ":",
      "if",
      "cgroup",
      "uprobe",
      "ingress",
      "/a",
      "\0",
      "@",
      "@@",
      "V1.2",
      "+",
      "-",
      "0x",
      "10",
      "9223372036854775807",
      "#",
      " ",
      "\ud800",
      ".."
    };
    Random random = new Random(11);
    int places = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "p=uprobe:/a:" : "p=");
      for (int n = random.nextInt(9); n > 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      try {
        AttachTarget target = AttachOption.parse(text.toString());
        assertThat(target.program()).isNotEmpty();
        places++;
      } catch (CommandFailure refused) {
        assertThat(refused).hasMessageContaining("--attach takes");
      }
    }
    assertThat(places).isGreaterThan(1000);
  }
}
