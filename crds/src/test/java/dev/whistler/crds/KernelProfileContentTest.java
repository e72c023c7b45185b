package dev.whistler.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelProfileContentTest {
  private static final String FORMAT =
      """
      name: sched_process_fork
      ID: 301
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;

      \tfield:pid_t parent_pid;\toffset:12;\tsize:4;\tsigned:1;

      print fmt: "comm=%s", __get_str(comm)
      """;

  @Test
  void whatChangesWithEveryBootIsLeftOut() {
    KernelProfileContent first = content(Map.of("sched/sched_process_fork", FORMAT));
    KernelProfileContent second =
        content(Map.of("sched/sched_process_fork", FORMAT.replace("ID: 301", "ID: 77")));

    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(first.formats().get("sched/sched_process_fork"))
        .contains("parent_pid", "common_type")
        .doesNotContain("ID:", "print fmt");
  }

  @Test
  void anotherOffsetIsAnotherKernel() {
    assertThat(content(Map.of("a/b", FORMAT.replace("offset:12", "offset:24"))).digest())
        .isNotEqualTo(content(Map.of("a/b", FORMAT)).digest());
  }

  @Test
  void eventsThatSomebodyMadeAtRunTimeAreLeftOut() {
    assertThat(
            content(Map.of("kprobes/p_1", FORMAT, "synthetic/s", FORMAT, "sched/x", FORMAT))
                .formats())
        .containsOnlyKeys("sched/x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kprobes/p",
        "uprobes/u",
        "fprobes/f",
        "eprobes/e",
        "synthetic/s",
        "user_events/a",
        "user_events_42/a",
        "ebpf_probes/b",
        "probe_libc/malloc",
        "probe/x"
      })
  void otherToolsDoNotChangeAProfile(String event) {
    assertThat(content(Map.of(event, FORMAT, "sched/x", FORMAT)).digest())
        .isEqualTo(content(Map.of("sched/x", FORMAT)).digest());
  }

  @Test
  void groupsOfTheKernelWithSuchNamesStay() {
    assertThat(content(Map.of("probes/x", FORMAT, "ebpf/x", FORMAT, "user/x", FORMAT)).formats())
        .hasSize(3);
  }

  @Test
  void theOrderOfReadingDoesNotMatter() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      many.put("group/event_" + i, FORMAT + i);
    }

    assertThat(KernelProfileContent.of("x86-64", many, Set.of("map:27", "isa:4")).bytes())
        .isEqualTo(
            KernelProfileContent.of("x86-64", Map.copyOf(many), Set.of("isa:4", "map:27")).bytes());
  }

  @Test
  void aProfileIsReadBack() throws MalformedContentException {
    KernelProfileContent content =
        KernelProfileContent.of("arm64", Map.of("sched/x", FORMAT), Set.of("isa:4"));

    assertThat(KernelProfileContent.read(content.toSpec())).isEqualTo(content);
  }

  @Test
  void aStatedDigestIsNotBelieved() throws MalformedContentException {
    KernelProfileSpec spec = content(Map.of("a/b", FORMAT)).toSpec();

    assertRefused(
        new KernelProfileSpec("x86-64", "0".repeat(64), spec.content()),
        "does not have the digest");
    assertRefused(new KernelProfileSpec("arm64", spec.digest(), spec.content()), "not arm64");
  }

  @Test
  void aBombIsNotUnpacked() {
    byte[] zeros = new byte[KernelProfileContent.MAX_BYTES + 1];
    byte[] bomb = Gzip.compress(zeros);

    assertThat(bomb.length).isLessThan(64 * 1024);
    assertRefused(spec(bomb, Digest.of(zeros)), "longer than");
  }

  @Test
  void contentThatIsTooLongIsNotEvenDecoded() {
    assertRefused(
        new KernelProfileSpec(
            "x86-64", "0".repeat(64), "A".repeat(KernelProfileContent.MAX_BASE64 + 4)),
        "longer than");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"version\":2,\"arch\":\"x86-64\",\"formats\":{},\"features\":[]}",
        "{\"version\":1e9999999,\"arch\":\"x86-64\",\"formats\":{},\"features\":[]}",
        "{\"arch\":\"x86-64\",\"version\":1,\"formats\":{},\"features\":[]}",
        "{\"version\":1,\"arch\":7,\"formats\":{},\"features\":[]}",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":[],\"features\":[]}",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":{\"a/b\":{}},\"features\":[]}",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":{},\"features\":[[[[]]]]}",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":{},\"features\":[]} ",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":{},\"features\":[]}{}",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":{},\"features\":[\"b\",\"a\"]}",
        "{\"version\":1,\"arch\":\"x86-64\",\"formats\":{\"b\":\"\",\"a\":\"\"},\"features\":[]}",
      })
  void whatIsNotCanonicalIsRefused(String json) {
    byte[] bytes = json.getBytes(UTF_8);

    assertRefused(spec(Gzip.compress(bytes), Digest.of(bytes)), "");
  }

  @Test
  void damagedBytesAreRefusedAndNeverCrash() throws MalformedContentException {
    KernelProfileSpec spec = content(Map.of("a/b", FORMAT)).toSpec();
    byte[] gzip = Base64.getDecoder().decode(spec.content());
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      byte[] damaged = Arrays.copyOf(gzip, 1 + random.nextInt(gzip.length));
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      KernelProfileSpec hostile = spec(damaged, new Digest(spec.digest()));
      try {
        assertThat(KernelProfileContent.read(hostile).digest().hex()).isEqualTo(spec.digest());
      } catch (MalformedContentException refused) {
        assertThat(refused).hasMessageEndingWith(".");
      }
    }
  }

  private static KernelProfileContent content(Map<String, String> formats) {
    return KernelProfileContent.of("x86-64", formats, Set.of());
  }

  private static KernelProfileSpec spec(byte[] gzip, Digest digest) {
    return new KernelProfileSpec("x86-64", digest.hex(), Base64.getEncoder().encodeToString(gzip));
  }

  private static void assertRefused(KernelProfileSpec spec, String why) {
    assertThatThrownBy(() -> KernelProfileContent.read(spec))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining(why)
        .hasMessageEndingWith(".");
  }
}
