package dev.whistler.e2e.full;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.sys.ObjectCalls.Kind;
import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.BusyboxImage;
import dev.whistler.testbed.cluster.ClusterNode;
import dev.whistler.testbed.cluster.ClusterProvider;
import dev.whistler.testbed.cluster.ClusterProvider.Availability;
import dev.whistler.testbed.cluster.ClusterSize;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.ChartInstallation;
import dev.whistler.testbed.install.PodProcess;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.machine.KernelObjects;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import dev.whistler.testbed.workload.NumberedCalls;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
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
  private static final String DOWN = "node-down";
  private static final String SECCOMP_DIRECTORY = "/var/lib/kubelet/seccomp/";
  private static final String SECCOMP_PROFILE = "whistler/agent.json";
  private static final String EARLY = "early";
  private static final String MEANWHILE = "meanwhile";
  private static final String ROOMY = "roomy";
  private static final String TIGHT = "tight";
  private static final int ROOMY_BYTES = 1 << 20;
  private static final int TIGHT_BYTES = 16 << 10;
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
    assertThat(cluster.node().mode("/var/lib/whistler"))
        .as("others may not read records")
        .isEqualTo("rwx------");
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
  void anUpgradeUnderLoadAccountsForEveryCall() {
    requireInstallation();
    programs.apply(ROOMY, NumberedCalls.source(ROOMY_BYTES), null);
    programs.apply(TIGHT, NumberedCalls.source(TIGHT_BYTES), null);
    programs.await(ROOMY, LIMIT, Programs.ready());
    programs.await(TIGHT, LIMIT, Programs.ready());
    String oldAgent = chart.agent().getMetadata().getUid();
    NumberedCalls calls = NumberedCalls.start(CALLS_PER_SECOND);
    try (calls) {
      awaitDelivered(ROOMY, 1);
      cluster.node().write(SECCOMP_DIRECTORY + SECCOMP_PROFILE, seccompProfile());
      chart.upgrade(
          "agent.seccomp.type=Localhost", "agent.seccomp.localhostProfile=" + SECCOMP_PROFILE);
      assertThat(chart.agent().getMetadata().getUid()).isNotEqualTo(oldAgent);
      programs.await(ROOMY, LIMIT, Programs.ready());
      programs.await(TIGHT, LIMIT, Programs.ready());
      awaitDelivered(ROOMY, calls.count());
    }
    assertThat(chart.agent().getSpec().getContainers().getFirst().getSecurityContext())
        .extracting(context -> context.getSeccompProfile().getLocalhostProfile())
        .as("the new agent works under the chart's own profile")
        .isEqualTo(SECCOMP_PROFILE);
    assertAccountedFor(ROOMY, calls.count());
    long lost = assertAccountedFor(TIGHT, calls.count());
    assertThat(lost).as("a ring for a third of a second loses in a restart").isPositive();
  }

  /**
   * Every call is in the sink once or counted as lost, by the counters and in the stream alike.
   *
   * @return how many were lost
   */
  private long assertAccountedFor(String program, int calls) {
    Waiting.until(
        "all calls seen by " + program + " at rest",
        LIMIT,
        () ->
            metric(program, "whistler_records_produced_total")
                        + metric(program, "whistler_records_lost_kernel_total")
                    == calls
                && metric(program, "whistler_records_in_ring") == 0
                && metric(program, "whistler_sink_records_queued") == 0);
    long delivered = metric(program, "whistler_sink_records_delivered_total");
    long lostInKernel = metric(program, "whistler_records_lost_kernel_total");
    long lostBySink = metric(program, "whistler_sink_records_lost_total");
    int[] numbers = numbers(program);
    progress.say(
        "%s: %,d calls, %,d records, lost %,d in the kernel and %,d by the sink, in %d pieces"
            .formatted(
                program,
                calls,
                numbers.length,
                lostInKernel,
                lostBySink,
                gaps(IntStream.of(numbers).sorted().toArray())));
    assertThat(IntStream.of(numbers).distinct().count())
        .as("none of the %d records comes twice", numbers.length)
        .isEqualTo(numbers.length);
    assertThat(delivered).as("counted as delivered").isEqualTo(numbers.length);
    assertThat(delivered + lostInKernel + lostBySink)
        .as("delivered + lost, across both agents")
        .isEqualTo(calls);
    Waiting.until(
        "the loss told in the stream of " + program,
        LIMIT,
        () -> lossTold(program) == lostInKernel + lostBySink);
    return lostInKernel + lostBySink;
  }

  @Test
  @Order(7)
  void uninstallingWithANodeDownEndsAndLeavesNothingElsewhere() {
    requireInstallation();
    addNodeThatIsDown();
    Map<Kind, SortedSet<Integer>> running = KernelObjects.now().since(before);
    assertThat(running).containsKeys(Kind.PROGRAM, Kind.MAP, Kind.LINK);
    String said = chart.uninstall();
    progress.say("uninstalled, with three programs at work and a node down");
    assertThat(said)
        .contains("node " + DOWN + " may still run " + EARLY)
        .contains("rm -r " + BPFFS + "/whistler")
        .doesNotContain("node " + cluster.node().name() + " may still run");
    chart.awaitGone();
    Waiting.until(
        "programs, maps and links gone", LIMIT, () -> KernelObjects.now().among(running).isEmpty());
    assertThat(cluster.node().list(BPFFS)).hasSameElementsAs(pinsBefore);
  }

  /** An API server stops watching a policy's parameters when the last binding goes. */
  @Test
  @Order(8)
  void installedAgainItBringsDefinitionsUpToDateAndTakesAKernelsProfile() {
    requireInstallation();
    KubernetesClient client = cluster.client();
    client.nodes().withName(DOWN).delete();
    client.resources(KernelProfile.class).delete();
    Resource<CustomResourceDefinition> definition =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(HasMetadata.getFullResourceName(WhistlerProgram.class));
    List<?> columns = columns(definition);
    assertThat(columns).isNotEmpty();
    var _ =
        definition.edit(
            it ->
                new CustomResourceDefinitionBuilder(it)
                    .editSpec()
                    .editFirstVersion()
                    .withAdditionalPrinterColumns(List.of())
                    .endVersion()
                    .endSpec()
                    .build());
    chart.install();
    assertThat(columns(definition))
        .as("definitions that Helm kept are brought up to date")
        .isEqualTo(columns);
    programs.apply(EARLY, example("forks.lisp"), null);
    programs.await(EARLY, LIMIT, Programs.ready());
    assertThat(client.resources(KernelProfile.class).list().getItems()).hasSize(1);
    awaitReporting(EARLY);
    progress.say("installed again, and the kernel's profile is accepted");
  }

  private static List<?> columns(Resource<CustomResourceDefinition> definition) {
    return definition.require().getSpec().getVersions().getFirst().getAdditionalPrinterColumns();
  }

  /** A node that reported a program and was never heard of again. */
  private void addNodeThatIsDown() {
    KubernetesClient client = cluster.client();
    var _ = cluster.addNode(DOWN, Map.of("kubernetes.io/os", "linux"));
    WhistlerNode node =
        client.resources(WhistlerNode.class).withName(cluster.node().name()).require();
    List<NodeProgram> early =
        node.getStatus().programs().stream().filter(p -> p.name().equals(EARLY)).toList();
    assertThat(early).hasSize(1);
    WhistlerNode silent = new WhistlerNode();
    silent.setMetadata(new ObjectMetaBuilder().withName(DOWN).build());
    WhistlerNode created = client.resource(silent).create();
    created.setStatus(
        new WhistlerNodeStatus(
            node.getStatus().kernelRelease(),
            node.getStatus().architecture(),
            "another boot",
            node.getStatus().agentVersion(),
            null,
            node.getStatus().kernel(),
            List.of(),
            early,
            List.of()));
    var _ = client.resource(created).updateStatus();
    programs.await(EARLY, LIMIT, status -> status.nodes().summary().endsWith("/2"));
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

  /** Waits until so many records were delivered or lost. */
  private void awaitDelivered(String program, int count) {
    Waiting.until(
        count + " records of " + program,
        LIMIT,
        () ->
            metric(program, "whistler_sink_records_delivered_total")
                    + metric(program, "whistler_records_lost_kernel_total")
                    + metric(program, "whistler_sink_records_lost_total")
                >= count);
  }

  private int[] numbers(String program) {
    return records(program)
        .filter(record -> record.at("/data").has("number"))
        .mapToInt(record -> record.at("/data/number").asInt())
        .toArray();
  }

  /** What the stream itself says is missing in it. */
  private long lossTold(String program) {
    return records(program)
        .filter(record -> record.at("/struct").asText().equals("whistler.loss"))
        .filter(record -> !record.at("/data/reason").asText().equals("missed"))
        .mapToLong(record -> record.at("/data/count").asLong())
        .sum();
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

  /** How often the next number is not the next one. */
  private static long gaps(int[] sorted) {
    return IntStream.range(1, sorted.length).filter(i -> sorted[i] != sorted[i - 1] + 1).count();
  }

  private long metric(String program, String name) {
    String labels = "program=\"" + program + "\"";
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

  private static String seccompProfile() {
    try {
      return Files.readString(Repository.find().root().resolve("helm/whistler/seccomp/agent.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String example(String file) {
    try {
      return Files.readString(Repository.find().example(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
