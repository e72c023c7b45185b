package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Digest;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.e2e.chart.HolderLease;
import dev.whistler.e2e.system.ApiProxy.Call;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** Long forms: a minute in which the API server is slow or refuses every other write. */
@ExtendWith(SystemExtension.class)
@EnabledIfSystemProperty(
    named = "whistler.storm",
    matches = "\\d+",
    disabledReason = "in the long form storm")
final class StormIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STORM = Duration.ofSeconds(Long.getLong("whistler.storm", 0));
  private static final Duration BETWEEN_EDITS = Duration.ofSeconds(2);
  private static final int PROGRAMS = 5;
  private static final String NODE = "node-storm";

  /** What is longer than this is a stop for those who ask. */
  private static final Duration ETCD_STOPS = Duration.ofMillis(500);

  private static final Duration ETCD_RUNS = Duration.ofMillis(20);

  private final Map<String, String> texts = new LinkedHashMap<>();

  @Test
  void everyOtherWriteIsAConflict(WhistlerSystem system) throws InterruptedException {
    system.operator().process().stop(LIMIT);
    Random random = new Random(1);
    AtomicInteger refused = new AtomicInteger();
    ApiProxy.Gate conflicts =
        new ApiProxy.Gate() {
          @Override
          public synchronized OptionalInt refuses(Call call) {
            if (!call.isWrite() || random.nextBoolean()) {
              return OptionalInt.empty();
            }
            refused.incrementAndGet();
            return OptionalInt.of(HttpURLConnection.HTTP_CONFLICT);
          }
        };
    try (ApiProxy proxy = ApiProxy.before(system.client().getConfiguration());
        QuarkusProcess operator =
            system.installation().startOperator("operator-storm", proxy.settings());
        ExtraAgent agent =
            ExtraAgent.start(system, NODE, ProcessOptions.NONE.with(proxy.settings()))) {
      operator.awaitReady();
      agent.awaitReady();
      proxy.use(conflicts);
      int edits = storm(system, Selector.label("zone", NODE));
      proxy.use(ApiProxy.Gate.OPEN);
      assertRight(system);
      System.err.printf("%d edits, %d writes refused as conflicts%n", edits, refused.get());
      texts.keySet().forEach(system::delete);
    } finally {
      system.operator().restart();
      system.operator().awaitReady();
    }
  }

  /** etcd runs for 20 ms of 520: whoever asks it anything waits for up to half a second. */
  @Test
  void etcdIsSlow(WhistlerSystem system) throws InterruptedException, IOException {
    ProcessHandle etcd =
        ProcessHandle.current()
            .descendants()
            .filter(
                it ->
                    it.info()
                        .commandLine()
                        .filter(line -> line.contains("--listen-peer-urls="))
                        .isPresent())
            .findFirst()
            .orElseThrow();
    long pid = system.operator().process().pid();
    Integer transitions = HolderLease.in(system.client()).require().getSpec().getLeaseTransitions();
    Thread slow = Thread.ofPlatform().start(() -> slowDown(etcd.pid()));
    int edits;
    try {
      edits = storm(system, Selector.label("zone", "here"));
    } finally {
      slow.interrupt();
      slow.join();
    }
    assertRight(system);
    assertThat(system.operator().process().alive()).isTrue();
    assertThat(system.operator().process().pid()).isEqualTo(pid);
    assertThat(HolderLease.in(system.client()).require().getSpec().getLeaseTransitions())
        .as("nobody lost the lead")
        .isEqualTo(transitions);
    System.err.printf("%d edits with a slow etcd%n", edits);
    texts.keySet().forEach(system::delete);
  }

  private static void slowDown(long pid) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        signal(pid, "STOP");
        Thread.sleep(ETCD_STOPS);
        signal(pid, "CONT");
        Thread.sleep(ETCD_RUNS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } finally {
      signal(pid, "CONT");
    }
  }

  private static void signal(long pid, String name) {
    try {
      var _ = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Edits one program after the other; how often. */
  private int storm(WhistlerSystem system, Selector nodes) throws InterruptedException {
    long end = System.nanoTime() + STORM.toNanos();
    int edits = 0;
    while (System.nanoTime() - end < 0) {
      String program = "storm-" + edits % PROGRAMS;
      String text = WhistlerSystem.example("forks.lisp") + "; " + edits;
      try {
        system.apply(program, text, nodes);
        texts.put(program, text);
        edits++;
      } catch (KubernetesClientException slow) {
        // Whoever edits tries again, too.
      }
      Thread.sleep(BETWEEN_EDITS);
    }
    return edits;
  }

  private void assertRight(WhistlerSystem system) {
    texts.forEach(
        (program, text) -> {
          system.await(
              program,
              "Ready with its last text",
              Programs.ready()
                  .and(
                      it ->
                          newest(system, program)
                              .getSpec()
                              .sourceDigest()
                              .equals(Digest.ofText(text).hex())));
          List<WhistlerRevision> kept = system.revisions(program);
          long newest = kept.getLast().getSpec().revision();
          assertThat(kept)
              .extracting(revision -> revision.getSpec().revision())
              .containsExactlyElementsOf(
                  LongStream.rangeClosed(newest - kept.size() + 1, newest).boxed().toList());
        });
  }

  private static WhistlerRevision newest(WhistlerSystem system, String program) {
    return system.revisions(program).getLast();
  }
}
