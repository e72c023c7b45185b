package dev.whistler.e2e.full;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.sys.ObjectCalls.Kind;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.e2e.Repository;
import dev.whistler.e2e.cluster.BusyboxImage;
import dev.whistler.e2e.cluster.ClusterNode;
import dev.whistler.e2e.cluster.ClusterProvider;
import dev.whistler.e2e.cluster.ClusterProvider.Availability;
import dev.whistler.e2e.cluster.ClusterSize;
import dev.whistler.e2e.cluster.TestCluster;
import dev.whistler.e2e.install.ChartInstallation;
import dev.whistler.e2e.install.PodProcess;
import dev.whistler.e2e.install.Programs;
import dev.whistler.e2e.machine.KernelObjects;
import dev.whistler.e2e.process.Progress;
import dev.whistler.e2e.process.Waiting;
import dev.whistler.e2e.workload.Forks;
import dev.whistler.e2e.workload.NumberedCalls;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The life of an installation on a real kubelet, from programs that are there before it to its
 * removal. One cluster for all; each test goes on where the one before has ended.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FullClusterIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration ROUND = Duration.ofSeconds(5);
  private static final String BPFFS = "/sys/fs/bpf";
  private static final String EARLY = "early";
  private static final String MEANWHILE = "meanwhile";
  private static final String NUMBERED = "numbered";
  private static final int CALLS_PER_SECOND = 2_000;
  private static final long BPF_AND_PERFMON = 1L << 39 | 1L << 38;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Progress progress = Progress.timed(System.err);
  private TestCluster cluster;
  private ChartInstallation chart;
  private Programs programs;
  private KernelObjects before;
  private List<String> pinsBefore;
  private boolean installed;

  @BeforeAll
  void startCluster() {
    Repository repository = Repository.find();
    List<ClusterProvider> providers = TestCluster.providers(repository, ClusterSize.FULL);
    List<String> reasons =
        providers.stream()
            .map(ClusterProvider::availability)
            .filter(Availability.Unavailable.class::isInstance)
            .map(unavailable -> ((Availability.Unavailable) unavailable).reason())
            .toList();
    assumeTrue(reasons.size() < providers.size(), String.join(" ", reasons));
    cluster = TestCluster.start(providers, progress);
    chart = ChartInstallation.on(cluster, repository, progress);
    programs = new Programs(cluster.client());
    // After the cluster's own mounts, with which the kernel loads programs of its own.
    before = KernelObjects.now();
    pinsBefore = cluster.node().list(BPFFS);
  }

  @AfterAll
  void stopCluster() {
    if (cluster != null) {
      cluster.close();
      progress.say("cluster gone");
    }
  }

  @Test
  @Order(1)
  void podsRunAndReachEachOtherThroughServices() {
    KubernetesClient client = cluster.client();
    client
        .resource(busybox("server", "echo served >/tmp/x; busybox httpd -f -p 80 -h /tmp"))
        .create();
    Service service =
        client
            .resource(
                new ServiceBuilder()
                    .withNewMetadata()
                    .withName("server")
                    .withNamespace("default")
                    .endMetadata()
                    .withNewSpec()
                    .addToSelector("name", "server")
                    .addNewPort()
                    .withPort(80)
                    .endPort()
                    .endSpec()
                    .build())
            .create();
    Pod asking =
        busybox(
            "client",
            "until printf 'GET /x HTTP/1.0\\r\\n\\r\\n' | nc %s 80; do sleep 1; done; sleep 600"
                .formatted(service.getSpec().getClusterIP()));
    client.resource(asking).create();
    Waiting.until(
        "an answer from the service",
        LIMIT,
        () ->
            client.pods().resource(asking).get().getStatus().getPhase().equals("Running")
                && client.pods().resource(asking).getLog().contains("served"));
    client.pods().inNamespace("default").withGracePeriod(0).delete();
    client.resource(service).delete();
  }

  @Test
  @Order(2)
  void aProgramThatIsThereBeforeOperatorAndAgentsRunsInTheEnd() {
    chart.applyDefinitions();
    programs.apply(EARLY, example("forks.lisp"), null);
    assertThat(programs.get(EARLY).map(WhistlerProgram::getStatus)).isEmpty();

    chart.install();
    installed = true;
    progress.say("installed with default values");
    WhistlerProgramStatus status = programs.await(EARLY, LIMIT, Programs.ready());
    assertThat(status.nodes().summary()).isEqualTo("1/1");
    awaitReporting(EARLY);
    chart.test();
    progress.say("helm test passed");
  }

  @Test
  @Order(3)
  void theAgentHasTwoCapabilitiesAndAReadOnlyRoot() {
    requireInstallation();
    PodProcess agent = PodProcess.of(chart.agent()).orElseThrow();
    assertThat(agent.effectiveCapabilities()).isEqualTo(BPF_AND_PERFMON);
    assertThat(agent.status())
        .as("no more can be had by any exec")
        .containsEntry("CapPrm", agent.status().get("CapEff"))
        .containsEntry("CapBnd", agent.status().get("CapEff"))
        .containsEntry("CapInh", "0000000000000000")
        .containsEntry("NoNewPrivs", "1")
        .containsEntry("Seccomp", "2");
    assertThat(agent.rootOptions()).contains("ro");
    PodProcess operator = PodProcess.of(chart.operator()).orElseThrow();
    assertThat(operator.effectiveCapabilities()).isZero();
    assertThat(operator.status().get("Uid")).startsWith("65532");
    assertThat(operator.rootOptions()).contains("ro");
    Stream.of(chart.agent(), chart.operator())
        .flatMap(pod -> pod.getSpec().getContainers().stream())
        .forEach(c -> assertThat(c.getSecurityContext().getPrivileged()).isNotEqualTo(true));
    progress.say(
        "resident: operator %d MiB, agent %d MiB"
            .formatted(operator.residentKibibytes() >> 10, agent.residentKibibytes() >> 10));
  }

  @Test
  @Order(4)
  void theOperatorPassesTheRestrictedProfileAndTheAgentsExceptionsAreNamed() {
    requireInstallation();
    KubernetesClient client = cluster.client();
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName("restricted")
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
    assertThat(client.resource(inNamespace(chart.operator(), "restricted")).dryRun().create())
        .isNotNull();
    assertThatThrownBy(
            () -> client.resource(inNamespace(chart.agent(), "restricted")).dryRun().create())
        .hasMessageContaining("restricted volume types")
        .hasMessageContaining("hostPath")
        .hasMessageContaining("must not include \"BPF\", \"PERFMON\"")
        .hasMessageContaining("runAsUser=0")
        .message()
        .as("nothing beyond these")
        .doesNotContain("privileged (")
        .doesNotContain("seccompProfile")
        .doesNotContain("allowPrivilegeEscalation")
        .doesNotContain("host namespaces");
    client.namespaces().withName("restricted").delete();
  }

  @Test
  @Order(5)
  void aProgramAppliedWhileTheNodeIsDownRunsWhenItIsBack() {
    requireInstallation();
    Optional<ClusterNode.Power> power = cluster.node().power();
    assumeTrue(power.isPresent(), "this provider's node cannot be down alone");
    power.get().off();
    programs.apply(MEANWHILE, example("forks.lisp"), null);
    progress.say("node off, program applied");
    power.get().on();
    chart.awaitReady();
    programs.await(MEANWHILE, LIMIT, Programs.ready());
    programs.await(EARLY, LIMIT, Programs.ready());
    awaitReporting(MEANWHILE);
    awaitReporting(EARLY);
    progress.say("node back, both programs report");
    programs.delete(MEANWHILE, LIMIT);
  }

  @Test
  @Order(6)
  void anUpgradeUnderLoadCountsNothingTwice() {
    requireInstallation();
    programs.apply(NUMBERED, NumberedCalls.SOURCE, null);
    programs.await(NUMBERED, LIMIT, Programs.ready());
    String oldAgent = chart.agent().getMetadata().getUid();
    NumberedCalls calls = NumberedCalls.start(CALLS_PER_SECOND);
    try (calls) {
      awaitNumber(calls.count() + NumberedCalls.FIRST);
      chart.upgrade("agent.drain=6s");
      assertThat(chart.agent().getMetadata().getUid()).isNotEqualTo(oldAgent);
      programs.await(NUMBERED, LIMIT, Programs.ready());
      awaitNumber(calls.count() + NumberedCalls.FIRST);
    }
    int last = NumberedCalls.FIRST + calls.count() - 1;
    awaitNumber(last);

    int[] numbers = numbers();
    assertThat(IntStream.of(numbers).distinct().count())
        .as("distinct of %d records", numbers.length)
        .isEqualTo(numbers.length);
    List<String> gaps = gaps(IntStream.of(numbers).sorted().toArray());
    progress.say(
        "%,d calls, %,d records, not seen: %s".formatted(calls.count(), numbers.length, gaps));
    assertThat(gaps)
        .as("what happened while no agent ran, in one piece; nothing is missing elsewhere")
        .hasSizeLessThanOrEqualTo(1);
    long lost =
        metric("whistler_records_lost_kernel_total") + metric("whistler_sink_records_lost_total");
    assertThat(lost).as("lost by the new agent").isZero();
    assertThat(metric("whistler_sink_records_delivered_total"))
        .as("the new agent delivered what it decoded")
        .isEqualTo(metric("whistler_records_decoded_total"));
  }

  @Test
  @Order(7)
  void uninstallingLeavesNothingInClusterNodeAndKernel() {
    requireInstallation();
    Map<Kind, SortedSet<Integer>> running = KernelObjects.now().since(before);
    assertThat(running).containsKeys(Kind.PROGRAM, Kind.MAP, Kind.LINK);
    chart.uninstall();
    progress.say("uninstalled, with two programs at work");
    chart.awaitGone();
    Waiting.until(
        "programs, maps and links gone", LIMIT, () -> KernelObjects.now().among(running).isEmpty());
    assertThat(cluster.node().list(BPFFS)).hasSameElementsAs(pinsBefore);
  }

  /** What failed already must not be waited for again. */
  private void requireInstallation() {
    assertThat(installed).as("the chart was installed").isTrue();
  }

  /**
   * Causes forks until those of one round are all told of, each once. A single round may fall into
   * a restart of the agent.
   */
  private void awaitReporting(String program) {
    Waiting.until(
        "all records of ten forks from " + program,
        LIMIT,
        () -> {
          Forks forks = Forks.cause(10);
          try {
            Waiting.until("the records", ROUND, () -> isReported(program, forks));
            return true;
          } catch (Waiting.TimeoutException notThisRound) {
            return false;
          }
        });
  }

  private boolean isReported(String program, Forks forks) {
    return records(program)
        .filter(record -> record.at("/data/parent").asLong() == forks.parent())
        .map(record -> record.at("/data/pid").asInt())
        .sorted()
        .toList()
        .equals(forks.children().stream().sorted().toList());
  }

  /** Waits for a record of this call or a later one. Asks rarely: the file is large. */
  private void awaitNumber(int number) {
    await("record of call " + number)
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> lastNumber() >= number);
  }

  private int lastNumber() {
    String text = chart.sink(NUMBERED).orElse("");
    int end = text.lastIndexOf('\n');
    int begin = text.lastIndexOf('\n', end - 1) + 1;
    return end < 0 ? 0 : parse(text.substring(begin, end)).at("/data/number").asInt();
  }

  private int[] numbers() {
    return records(NUMBERED).mapToInt(record -> record.at("/data/number").asInt()).toArray();
  }

  /** Whole lines of a program's file sink. */
  private Stream<JsonNode> records(String program) {
    String text = chart.sink(program).orElse("");
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(FullClusterIT::parse);
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + line, e);
    }
  }

  /** Where the next number is not the next one. */
  private static List<String> gaps(int[] sorted) {
    return IntStream.range(1, sorted.length)
        .filter(i -> sorted[i] != sorted[i - 1] + 1)
        .mapToObj(
            i ->
                "%d between %d and %d"
                    .formatted(sorted[i] - sorted[i - 1] - 1, sorted[i - 1], sorted[i]))
        .toList();
  }

  private long metric(String name) {
    String labels = "program=\"" + NUMBERED + "\"";
    return chart
        .agentMetrics()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(labels))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static Pod busybox(String name, String script) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .addToLabels("name", name)
        .endMetadata()
        .withNewSpec()
        .withContainers(
            new ContainerBuilder()
                .withName("busybox")
                .withImage(BusyboxImage.NAME)
                .withImagePullPolicy("Never")
                .withCommand("/bin/busybox", "sh", "-c", script)
                .build())
        .endSpec()
        .build();
  }

  /** The same pod, as if it were asked for in another namespace. */
  private static Pod inNamespace(Pod pod, String namespace) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(pod.getMetadata().getName())
        .withNamespace(namespace)
        .endMetadata()
        .withNewSpecLike(pod.getSpec())
        .withServiceAccountName(null)
        .withServiceAccount(null)
        .withNodeName(null)
        .withPriority(null)
        .withPriorityClassName(null)
        .endSpec()
        .build();
  }

  private static String example(String file) {
    try {
      return Files.readString(Repository.find().example(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
