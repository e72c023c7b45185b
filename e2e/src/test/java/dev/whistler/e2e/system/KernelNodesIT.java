package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.crds.WhistlerProgramStatus.SourceDiagnostic;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.guest.GuestKernels;
import dev.whistler.testbed.guest.GuestKernels.GuestKernel;
import dev.whistler.testbed.guest.GuestMachine;
import dev.whistler.testbed.install.GuestNode;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.opentest4j.TestAbortedException;

/**
 * Three kernels in one cluster: this machine's, and Debian's 6.1 and 6.12 in two guests that are
 * booted once, side by side. The truth about a guest comes from a shell inside it.
 */
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KernelNodesIT {

  private static final String OLDER = "node-6-1";
  private static final String NEWER = "node-6-12";
  private static final int CHILDREN = 20;

  /** Generous: emulated processors, on a machine that does other things as well. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** The operator gives agents 30 s to unload a deleted program; the rest is for a busy machine. */
  private static final Duration DELETION = Duration.ofSeconds(120);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String COUNTS =
      """
      (defmap forks :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap forks 0))
        0)
      """;

  /** Linux 6.1 has the tracepoint without the field. */
  private static final String LOCATIONS =
      """
      (deftracepoint skb/consume-skb location)
      (defmap last :type :array :key-size 4 :value-size 8 :max-entries 1)
      (defprog consumed (:type :tracepoint :section "tracepoint/skb/consume_skb")
        (setf (getmap last 0) (tp-location))
        0)
      """;

  /** Of Debian's kernels; it needs no other one, and 6.1 has it uncompressed. */
  private static final String MODULE = "zonefs";

  private static final String OF_A_MODULE =
      """
      (deftracepoint zonefs/zonefs-zone-mgmt nr-sectors)
      (defmap sectors :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/zonefs/zonefs_zone_mgmt")
        (incf (getmap sectors 0) (tp-nr-sectors))
        0)
      """;

  private final Progress progress = Progress.timed(System.err);
  private GuestKernel linux61;
  private GuestKernel linux612;
  private GuestNode older;
  private GuestNode newer;

  @BeforeAll
  void bootBothSideBySide(WhistlerSystem system) throws GuestException {
    List<String> missing =
        Stream.of("/usr/bin/qemu-system-x86_64", "/usr/bin/cpio", "/bin/busybox", "/sbin/mke2fs")
            .filter(file -> !Files.isExecutable(Path.of(file)))
            .toList();
    assumeTrue(missing.isEmpty(), "guests need " + missing);
    linux61 = kernel("6.1");
    linux612 = kernel("6.12");
    older = system.installation().addGuest(OLDER, Map.of());
    newer = system.installation().addGuest(NEWER, Map.of());
    older.start(linux61);
    newer.start(linux612);
    for (GuestNode guest : List.of(older, newer)) {
      guest.awaitBooted();
      progress.say(guest.name() + " booted");
    }
    for (GuestNode guest : List.of(older, newer)) {
      guest.awaitReady();
      progress.say("the agent of " + guest.name() + " is ready");
    }
  }

  private static GuestKernel kernel(String line) {
    try {
      return GuestKernels.inUserCache().newest(line);
    } catch (GuestException e) {
      throw new TestAbortedException(e.getMessage(), e);
    }
  }

  @AfterAll
  void leaveTheCluster(WhistlerSystem system) {
    Stream.of(older, newer)
        .filter(guest -> guest != null)
        .forEach(
            guest -> {
              guest.close();
              system.client().resources(WhistlerNode.class).withName(guest.name()).delete();
              system.client().nodes().withName(guest.name()).delete();
            });
  }

  @Test
  @Order(1)
  void everyNodeReportsItsOwnForksWithTwoObjectsForThreeKernels(WhistlerSystem system) {
    String program = "three-kernels";
    system.apply(program, WhistlerSystem.example("forks.lisp"), null);
    try {
      WhistlerProgramStatus status = await(system, program, ready(3));
      progress.say("it runs on three kernels");
      assertThat(status.nodes().summary()).isEqualTo("3/3");
      assertThat(status.nodes().kernels()).isEqualTo(3);
      assertThat(status.builds()).extracting(Build::nodes).containsExactlyInAnyOrder(2, 1);
      assertThat(status.builds().stream().map(Build::artifact).distinct()).hasSize(2);
      assertThat(status.builds())
          .filteredOn(build -> build.nodes() == 2)
          .singleElement()
          .satisfies(
              build ->
                  assertThat(build.kernels())
                      .containsExactlyInAnyOrder(older.release(), newer.release()));

      Forks here = Forks.cause(CHILDREN);
      Waiting.until(
          "the records of this machine",
          LIMIT,
          () -> pidsOf(here, Records.in(system.agent().sinkFile(program))).size() >= CHILDREN);
      assertThat(pidsOf(here, Records.in(system.agent().sinkFile(program))))
          .containsExactlyInAnyOrderElementsOf(here.children());
      for (GuestNode guest : List.of(older, newer)) {
        assertRightRecords(guest, program);
      }
    } finally {
      system.programs().delete(program, DELETION);
    }
  }

  @Test
  @Order(2)
  void theAgentOfAGuestHasTwoCapabilitiesAndWritesForItsOwnNodeOnly(WhistlerSystem system) {
    assertThat(older.agentStatus()).contains("CapEff:\t000000c000000000");
    assertThat(system.client().leases().inNamespace(Installation.NAMESPACE).withName(OLDER).get())
        .as("written with a token that is bound to the node")
        .isNotNull();
  }

  @Test
  @Order(3)
  void aFieldThatOneKernelLacksStopsThatKernelOnly(WhistlerSystem system) {
    String program = "locations";
    system.apply(program, LOCATIONS, null);
    try {
      WhistlerProgramStatus status =
          await(
              system,
              program,
              s -> s.nodes() != null && s.nodes().ready() == 2 && s.nodes().failed() == 1);
      progress.say("it runs where it can");
      assertThat(status.nodes().summary()).isEqualTo("2/3");
      assertThat(status.failures())
          .singleElement()
          .satisfies(
              failure -> {
                assertThat(failure.node()).isEqualTo(OLDER);
                assertThat(failure.reason()).isEqualTo("MissingTracepointField");
              });
      assertThat(status.conditions())
          .filteredOn(c -> c.type().equals("Compiled"))
          .singleElement()
          .satisfies(
              c -> {
                assertThat(c.status()).isEqualTo(Status.FALSE);
                assertThat(c.reason()).isEqualTo("MissingTracepointField");
                assertThat(c.message())
                    .contains("skb/consume_skb", "location", older.release())
                    .doesNotContain(newer.release());
              });
      assertThat(status.conditions())
          .filteredOn(c -> c.type().equals("Degraded"))
          .extracting(ResourceCondition::status)
          .containsOnly(Status.TRUE);
      assertThat(status.diagnostics())
          .singleElement()
          .extracting(SourceDiagnostic::code, SourceDiagnostic::line, SourceDiagnostic::kernels)
          .containsExactly("E-TPFIELD", 1, List.of(older.release()));
    } finally {
      system.programs().delete(program, DELETION);
    }
  }

  /** A program for it waits; what runs is not touched by that the kernel is described anew. */
  @Test
  @Order(4)
  void aProgramRunsOnceTheModuleIsLoadedThatBringsItsTracepoint(WhistlerSystem system)
      throws Exception {
    String runs = "runs-on";
    String waits = "waits-for-a-module";
    system.apply(runs, COUNTS, null);
    await(system, runs, ready(3));
    system.apply(waits, OF_A_MODULE, null);
    WhistlerNodeStatus before = statusOf(system, OLDER);
    try {
      var _ = await(system, waits, s -> s.conditions().stream().anyMatch(KernelNodesIT::waits));

      load(older, linux61.moduleFiles(List.of(MODULE)).getFirst());
      long loaded = System.nanoTime();
      WhistlerProgramStatus status =
          await(system, waits, s -> s.nodes() != null && s.nodes().ready() == 1);
      assertThat(status.failures())
          .hasSize(2)
          .allSatisfy(failure -> assertThat(failure.reason()).isEqualTo("WaitingForModule"));
      progress.say("it runs %.1f s after its module".formatted((System.nanoTime() - loaded) / 1e9));
      WhistlerNodeStatus now = statusOf(system, OLDER);
      assertThat(now.kernel().profile()).isNotEqualTo(before.kernel().profile());
      assertThat(now.kernel().types()).isEqualTo(before.kernel().types());
      await(system, runs, ready(3));
      assertThat(sinceOf(statusOf(system, OLDER), runs)).isEqualTo(sinceOf(before, runs));

      system.programs().delete(waits, DELETION);
      var _ = older.run("rmmod " + MODULE);
      Waiting.until(
          "the profile as before",
          LIMIT,
          () -> statusOf(system, OLDER).kernel().profile().equals(before.kernel().profile()));
      await(system, runs, ready(3));
      assertThat(sinceOf(statusOf(system, OLDER), runs)).isEqualTo(sinceOf(before, runs));
    } finally {
      system.client().resources(WhistlerProgram.class).withName(waits).delete();
      system.programs().delete(runs, DELETION);
    }
  }

  private static boolean waits(ResourceCondition condition) {
    return condition.type().equals("Compiled")
        && condition.status() == Status.FALSE
        && condition.reason().equals("WaitingForModule");
  }

  /** Guests have no disk of ours that holds modules: it comes over their network. */
  private static void load(GuestNode guest, Path module) throws IOException {
    HttpServer files =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] content = Files.readAllBytes(module);
    files.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
          exchange.close();
        });
    files.start();
    try {
      var _ =
          guest.run(
              "wget -q -O /tmp/module.ko http://%s:%d/ && insmod /tmp/module.ko"
                  .formatted(GuestMachine.HOST, files.getAddress().getPort()));
    } finally {
      files.stop(0);
    }
  }

  private static String sinceOf(WhistlerNodeStatus node, String program) {
    return node.programs().stream()
        .filter(it -> it.name().equals(program))
        .map(it -> String.valueOf(it.running()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(5)
  void aNodeThatWasDownComesBackWithAnotherKernelAndIsRight(WhistlerSystem system) {
    String gone = "deleted-meanwhile";
    String fresh = "applied-meanwhile";
    system.apply(gone, COUNTS, null);
    await(system, gone, ready(3));
    String profileBefore = statusOf(system, OLDER).kernel().profile();
    try {
      older.kill();
      progress.say(OLDER + " lost its power");
      system.apply(fresh, WhistlerSystem.example("forks.lisp"), null);
      WhistlerProgramStatus meanwhile =
          await(system, fresh, s -> s.nodes() != null && s.nodes().ready() == 2);
      assertThat(meanwhile.nodes().summary()).isEqualTo("2/3");
      assertThat(meanwhile.nodes().pending()).isEqualTo(1);

      system.programs().delete(gone, DELETION);
      progress.say("a program is deleted although one node is down");
      older.start(linux612);
      older.awaitBooted();
      long booted = System.nanoTime();
      progress.say(OLDER + " booted Linux " + older.release());
      WhistlerProgramStatus status =
          await(system, fresh, ready(3).and(s -> s.nodes().kernels() == 2));
      assertRightRecords(older, fresh);
      progress.say(
          "right records %.1f s after the boot".formatted((System.nanoTime() - booted) / 1e9));
      assertThat(status.builds()).extracting(Build::nodes).containsExactlyInAnyOrder(2, 1);
      WhistlerNodeStatus now = statusOf(system, OLDER);
      assertThat(now.kernelRelease()).isEqualTo(linux612.release());
      assertThat(now.kernel().profile())
          .isNotEqualTo(profileBefore)
          .isEqualTo(statusOf(system, NEWER).kernel().profile());
      assertThat(now.programs()).extracting(NodeProgram::name).containsExactly(fresh);
      assertThat(
              system.client().v1().events().inNamespace("default").list().getItems().stream()
                  .filter(event -> event.getReason().equals("NodesUnreachable"))
                  .filter(event -> event.getInvolvedObject().getName().equals(gone)))
          .singleElement()
          .satisfies(event -> assertThat(event.getMessage()).endsWith(": " + OLDER + "."));
    } finally {
      system.client().resources(WhistlerProgram.class).withName(gone).delete();
      system.programs().delete(fresh, DELETION);
    }
  }

  private void assertRightRecords(GuestNode guest, String program) {
    Forks forks = guest.forks(CHILDREN);
    assertThat(forks.children()).hasSize(CHILDREN);
    List<JsonNode> records =
        guest.awaitSinkLines(program, "\"parent\":" + forks.parent() + ",", CHILDREN).stream()
            .map(KernelNodesIT::parse)
            .toList();
    assertThat(pidsOf(forks, records))
        .as("children of process %d in %s", forks.parent(), guest.name())
        .containsExactlyInAnyOrderElementsOf(forks.children());
    assertThat(records)
        .allSatisfy(
            record -> {
              assertThat(record.at("/node").asText()).isEqualTo(guest.name());
              assertThat(record.at("/data/comm").asText()).isEqualTo(Forks.COMMAND);
            });
    progress.say("right records of Linux " + guest.release());
  }

  private static List<Integer> pidsOf(Forks forks, List<JsonNode> records) {
    return records.stream()
        .filter(record -> record.at("/data/parent").asLong() == forks.parent())
        .map(record -> record.at("/data/pid").asInt())
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + line, e);
    }
  }

  private static Predicate<WhistlerProgramStatus> ready(int nodes) {
    return Programs.ready().and(s -> s.nodes() != null && s.nodes().ready() == nodes);
  }

  private WhistlerProgramStatus await(
      WhistlerSystem system, String program, Predicate<WhistlerProgramStatus> wanted) {
    try {
      return system.programs().await(program, LIMIT, wanted);
    } catch (Waiting.TimeoutException e) {
      throw new AssertionError(
          "%s; its status: %s%n%n%s:%n%s%n%n%s:%n%s"
              .formatted(
                  e.getMessage(),
                  system.programs().get(program).map(p -> p.getStatus()).orElse(null),
                  OLDER,
                  older.consoleTail(20),
                  NEWER,
                  newer.consoleTail(20)),
          e);
    }
  }

  private static WhistlerNodeStatus statusOf(WhistlerSystem system, String node) {
    return Optional.ofNullable(system.client().resources(WhistlerNode.class).withName(node).get())
        .orElseThrow()
        .getStatus();
  }
}
