package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.sys.NetworkDevice;
import dev.whistler.bpf.tracefs.Tracefs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing looks attached that is not: each place that cannot be is told in a sentence. */
@Timeout(120)
class AttachErrorsTest {
  private static final Identity IDENTITY = new Identity("node-1", "errors", "uid-errors", 1);
  private static final AttachTarget.Place LO = new AttachTarget.Interface("lo");
  private static final Path LIBC = Path.of("/lib/x86_64-linux-gnu/libc.so.6");

  @TempDir Path directory;

  private static RunRequest request(String program, AttachTarget.Place... places) {
    String hits = "(defmap hits :type :array :key-type u32 :value-type u64 :max-entries 1)\n";
    return RunRequest.of(Sources.compile(hits + program), IDENTITY)
        .withAttach(List.of(places).stream().map(p -> new AttachTarget("p", p)).toList());
  }

  private static RunRequest section(String section, AttachTarget.Place... places) {
    return request("(defprog p (:section \"%s\") 0)".formatted(section), places);
  }

  private static void assertRefused(RunRequest request, FailureReason reason, String... words) {
    assertRefused(() -> Runtime.start(request).close(), reason, words);
  }

  private static void assertRefused(ThrowingCallable start, FailureReason reason, String... words) {
    assertThatThrownBy(start)
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words)
        .hasMessageEndingWith(".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socket", "socket/a", "action", "usdt//bin/bash:a:b", "netfilter", "flow_dissector",
        "lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local", "sk_reuseport", "sk_reuseport/migrate",
        "lirc_mode2", "netkit/primary", "netkit/peer", "xdp/devmap", "xdp/cpumap", "iter/task"
      })
  void aSectionThatIsNeverAttachedIsTold(String section) {
    assertRefused(
        section(section),
        FailureReason.UNSUPPORTED,
        "Program p with the section '" + section + "' cannot be attached: ");
  }

  @Test
  void aProgramThatIsOnlyCalledNeedsNoPlace() throws Exception {
    String source =
        """
        (defmap next :type :prog-array :key-size 4 :value-size 4 :max-entries 2
          :programs ((1 called)))
        (defprog called (:type :tracepoint :section "tracepoint") 0)
        (defprog p (:type :tracepoint :section "tracepoint/sched/sched_process_wait")
          (tail-call next 1) 0)
        """;
    try (RunningProgram program = Runtime.start(request(source))) {
      assertThat(program.state()).isInstanceOf(ProgramState.Running.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "perf_event",
    "sk_lookup",
    "tracepoint/sched/sched_process_wait",
    "raw_tp/sched_process_wait",
    "uprobe//bin/true:main",
    "uprobe.multi//bin/true:main"
  })
  void aPlaceThatIsNotUsedIsTold(String section) {
    assertRefused(section(section, LO), FailureReason.ATTACH_FAILED, "'" + section + "'", "if:lo");
  }

  @Test
  void aPlaceOfAnotherKindIsTold() {
    assertRefused(
        section("xdp", new AttachTarget.Cgroup(Path.of("/sys/fs/cgroup"))),
        FailureReason.ATTACH_FAILED,
        "which is not attached to cgroup:/sys/fs/cgroup: attach it with p=if:NAME");
    assertRefused(
        section("xdp", new AttachTarget.Interface("lo", AttachTarget.Direction.EGRESS)),
        FailureReason.ATTACH_FAILED,
        "if:lo:egress",
        "p=if:NAME");
    assertRefused(
        section("uprobe", LO), FailureReason.ATTACH_FAILED, "attach it with p=uprobe:FILE:SYMBOL");
    assertRefused(section("cgroup/connect4", LO), FailureReason.ATTACH_FAILED, "p=cgroup:PATH");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tc", "tc/classify", "tc/inggress", "classifier", "classifier/egres"})
  void theDirectionIsSaidAndNotGuessed(String section) throws Exception {
    assertRefused(
        section(section, LO),
        FailureReason.ATTACH_FAILED,
        "which does not say the direction: attach it with p=if:lo:ingress or p=if:lo:egress");
    assertRefused(
        section(section),
        FailureReason.ATTACH_FAILED,
        "attach it with p=if:NAME:ingress or p=if:NAME:egress");
    OwnThread.inNamespaces(
        () -> {
          for (AttachTarget.Direction direction : AttachTarget.Direction.values()) {
            try (RunningProgram _ =
                Runtime.start(section(section, new AttachTarget.Interface("lo", direction)))) {
              assertAttached(direction);
            }
          }
          return null;
        });
  }

  private static void assertAttached(AttachTarget.Direction direction) {
    int lo = NetworkDevice.index("lo").orElseThrow();
    for (Tcx.Direction side : Tcx.Direction.values()) {
      assertThat(Tcx.programs(lo, side))
          .as("programs at %s", side)
          .hasSize(side.name().equals(direction.name()) ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tc/egress, EGRESS", "tcx/egress, EGRESS", "classifier/egress, EGRESS",
    "tc/ingress, INGRESS", "tcx/ingress, INGRESS", "classifier/ingress, INGRESS"
  })
  void aSectionSaysTheDirection(String section, AttachTarget.Direction direction) throws Exception {
    OwnThread.inNamespaces(
        () -> {
          try (RunningProgram _ = Runtime.start(section(section, LO))) {
            assertAttached(direction);
          }
          return null;
        });
    AttachTarget.Direction other = AttachTarget.Direction.values()[1 - direction.ordinal()];
    assertRefused(
        section(section, new AttachTarget.Interface("lo", other)),
        FailureReason.ATTACH_FAILED,
        "the other direction");
  }

  @Test
  void aDirectoryThatIsNoCgroupIsTold() {
    assertRefused(
        section("cgroup/connect4", new AttachTarget.Cgroup(Path.of("/tmp"))),
        FailureReason.ATTACH_FAILED,
        "/tmp is no cgroup of version 2; ");
    assertRefused(
        section("cgroup/connect4", new AttachTarget.Cgroup(Path.of("/nowhere"))),
        FailureReason.ATTACH_FAILED,
        "there is no directory /nowhere");
  }

  /** The compiler knows such events; an object may still name one, or come from elsewhere. */
  @ParameterizedTest
  @ValueSource(strings = {"function", "print"})
  void anEventThatTakesNoProgramsIsTold(String event) throws Exception {
    try (Tracefs tracefs = Tracefs.open()) {
      assumeTrue(tracefs.format("ftrace", event).isPresent(), "no event ftrace/" + event + " here");
    }
    String was = "\"category\":\"sched\",\"event\":\"sched_process_wait\"";
    String is = "\"category\":\"ftrace\",\"event\":\"" + event + "\"";
    byte[] object =
        new String(
                Sources.compile("(defprog p (:section \"tracepoint/sched/sched_process_wait\") 0)"),
                StandardCharsets.ISO_8859_1)
            .replace(was, is + " ".repeat(was.length() - is.length()))
            .getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(
        RunRequest.of(object, IDENTITY),
        FailureReason.UNSUPPORTED,
        "the event ftrace/" + event + " takes no programs of tracepoints");
  }

  /** The breakpoint would make another program of the one that is probed. */
  @Test
  void aPlaceInsideOfAnInstructionIsRefused() throws Exception {
    Path program = Files.copy(Path.of("/usr/bin/perl"), directory.resolve("a:b"));
    String name = "Perl_call_sv";
    int refused = 0;
    for (int offset = 1; offset < 16; offset++) {
      String section = "uprobe/" + program + ":" + name + "+" + offset;
      try (RunningProgram running = Runtime.start(section(section))) {
        assertThat(running.warnings()).isEmpty();
      } catch (StartException e) {
        refused++;
        assertThat(e)
            .hasMessageContaining("this is inside of an instruction")
            .hasMessageEndingWith(".");
      }
    }
    assertThat(refused).isBetween(5, 14);
  }

  @Test
  void whatCannotBeProvedIsSaid() throws Exception {
    // Debian's programs are stripped; the code begins at e_entry, which is an offset in a PIE.
    Path program = Files.copy(Path.of("/bin/true"), directory.resolve("true"));
    long entry =
        ByteBuffer.wrap(Files.readAllBytes(program)).order(ByteOrder.LITTLE_ENDIAN).getLong(24);
    String place = "0x" + Long.toHexString(entry);
    try (RunningProgram running =
        Runtime.start(section("uprobe", new AttachTarget.Uprobe(program, place, 0)))) {
      assertThat(running.warnings())
          .singleElement()
          .asString()
          .contains(program + ":" + place, "nothing shows that an instruction begins there");
    }
  }

  @Test
  void aFunctionThatIsNotThereAndAnIndirectOne() throws Exception {
    assumeTrue(Files.exists(LIBC), "no libc at " + LIBC);
    assertRefused(
        section("uprobe/" + LIBC + ":strlen"),
        FailureReason.ATTACH_FAILED,
        "strlen of " + LIBC + " is an indirect function");
    assertRefused(
        section("uprobe/" + LIBC + ":getpid@V9"),
        FailureReason.ATTACH_FAILED,
        "it has getpid@@GLIBC_2.2.5");
    assertRefused(
        section("uprobe.multi/" + LIBC + ":no[such{x"),
        FailureReason.ATTACH_FAILED,
        "no function of " + LIBC + " matches 'no[such{x'");
  }

  /** A pattern and a place given at the attach call. */
  @Test
  void functionsOfAFileThatIsGiven() throws Exception {
    assumeTrue(Files.exists(LIBC), "no libc at " + LIBC);
    String source = "(defprog p (:section \"uprobe.multi\") (incf (getmap hits 0)) 0)";
    AttachTarget.Place place = new AttachTarget.Uprobe(LIBC, "getp*d@@GLIBC_2.2.5", 0);
    try (RunningProgram program = Runtime.start(request(source, place))) {
      assertThat(new ProcessBuilder("/bin/bash", "-c", ":").start().waitFor(20, TimeUnit.SECONDS))
          .isTrue();
      assertThat(program.maps().read("hits", 1).rows().getFirst().values().getFirst())
          .isNotEqualTo("0");
    }
  }

  /** Text as it may come from anywhere ends as a sentence, whatever is in it. */
  @Test
  void hostileText() throws IOException {
    for (String text :
        List.of(
            "\0", "lo\0x", "\n", "a/../..", "%s%n%1$s", "\ud800", "x".repeat(5_000), "é", " ")) {
      for (AttachTarget.Place place :
          List.of(
              new AttachTarget.Interface(text),
              new AttachTarget.Uprobe(LIBC, text, 0),
              new AttachTarget.Uprobe(LIBC, "9" + text, 0),
              new AttachTarget.Uprobe(directory, text, Long.MAX_VALUE))) {
        String section = place instanceof AttachTarget.Interface ? "xdp" : "uprobe";
        assertThatThrownBy(() -> Runtime.start(section(section, place)))
            .as("%s %s", section, text)
            .isInstanceOf(StartException.class);
      }
    }
  }
}
