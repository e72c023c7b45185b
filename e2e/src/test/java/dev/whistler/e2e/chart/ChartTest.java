package dev.whistler.e2e.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.install.Helm;
import dev.whistler.testbed.process.Progress;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the chart renders. After a change run with {@code -Dwhistler.approve=true} and look at the
 * difference that it writes. The approved form is also what local installations apply.
 */
final class ChartTest {
  private static final Path ROOT = Repository.find().root();
  private static final Path APPROVED =
      ROOT.resolve("testbed/src/main/resources/dev/whistler/testbed/install/chart.yaml");

  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** What is quoted in the README's table of rights beside resources. */
  private static final Set<String> NO_RESOURCES = Set.of("default", "whistler-operator");

  private static final Set<String> VERBS =
      Set.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

  private final Helm helm = Helm.find(Repository.find(), Progress.timed(System.err));

  @Test
  void lintFindsNothing() {
    Helm.Result result = helm.lint();

    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void theDefaultsRenderAsApproved() throws IOException {
    Helm.Result result = helm.template("whistler", "whistler-system");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    if (Boolean.getBoolean("whistler.approve")) {
      Files.writeString(APPROVED, result.output());
    }

    assertThat(result.output()).isEqualTo(Files.readString(APPROVED, UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "agent.priority=7 | BPF PERFMON | false | false",
        "agent.features.network=true,agent.hostNetwork=true | BPF PERFMON NET_ADMIN | true | false",
        "agent.features.processes=true,agent.hostPID=true | BPF PERFMON | false | true",
        "agent.features.containerUprobes=true,agent.hostPID=true | BPF PERFMON SYS_PTRACE | false |"
            + " true",
        "agent.features.legacyUprobes=true | BPF PERFMON SYS_ADMIN | false | false"
      })
  void aFeatureAddsItsRightsAndNoOthers(
      String setting, String capabilities, boolean hostNetwork, boolean hostPid) {
    PodSpec pod = agent(setting);

    var security = pod.getContainers().getFirst().getSecurityContext();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(security.getCapabilities().getAdd()).containsExactly(capabilities.split(" "));
    assertThat(security.getPrivileged()).isFalse();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(Boolean.TRUE.equals(pod.getHostNetwork())).isEqualTo(hostNetwork);
    assertThat(Boolean.TRUE.equals(pod.getHostPID())).isEqualTo(hostPid);
    assertThat(Boolean.TRUE.equals(pod.getHostIPC())).isFalse();
  }

  @Test
  void theAgentsExceptionsAreThoseOfTheReadme() throws IOException {
    String section =
        Files.readString(ROOT.resolve("helm/whistler/README.md"))
            .replaceFirst("(?s).*\\| exception \\| why \\|\\n[|-]+\\n", "")
            .replaceFirst("(?s)\\n\\n.*", "");
    List<String> told =
        Pattern.compile("(?m)^\\| (.*?) \\|")
            .matcher(section)
            .results()
            .map(ChartTest::row)
            .toList();

    assertThat(exceptions(agent("agent.priority=7"))).containsExactlyInAnyOrderElementsOf(told);
  }

  private static String row(MatchResult match) {
    return match.group(1);
  }

  @Test
  void allOthersPassTheLevelRestricted() {
    List<PodSpec> pods =
        rendered("agent.priority=7").stream()
            .filter(resource -> !(resource instanceof DaemonSet))
            .flatMap(resource -> pod(resource).stream())
            .toList();

    assertThat(pods).as("operator and three chores").hasSize(4);
    assertThat(pods).allSatisfy(pod -> assertThat(exceptions(pod)).isEmpty());
  }

  /** What Pod Security's level restricted would refuse. */
  private static List<String> exceptions(PodSpec pod) {
    List<String> found = new ArrayList<>();
    for (Container container : pod.getContainers()) {
      var own = container.getSecurityContext();
      var shared = pod.getSecurityContext();
      Objects.requireNonNullElse(own.getCapabilities().getAdd(), List.<String>of())
          .forEach(name -> found.add("capability " + name));
      boolean nonRoot =
          shared != null
              && Boolean.TRUE.equals(shared.getRunAsNonRoot())
              && !Objects.equals(own.getRunAsUser(), 0L);
      if (!nonRoot) {
        found.add("runs as uid 0");
      }
      if (!own.getCapabilities().getDrop().contains("ALL")
          || Boolean.TRUE.equals(own.getPrivileged())
          || !Boolean.FALSE.equals(own.getAllowPrivilegeEscalation())) {
        found.add("keeps or gains privileges");
      }
      if (own.getSeccompProfile() == null
          && (shared == null || shared.getSeccompProfile() == null)) {
        found.add("no seccomp profile");
      }
    }
    pod.getVolumes().stream()
        .filter(volume -> volume.getHostPath() != null)
        .forEach(volume -> found.add("hostPath " + volume.getHostPath().getPath()));
    if (Boolean.TRUE.equals(pod.getHostNetwork()) || Boolean.TRUE.equals(pod.getHostPID())) {
      found.add("name spaces of the node");
    }
    return found;
  }

  @Test
  void prometheusFindsThePodsAsItIsTold() {
    List<HasMetadata> annotated =
        rendered("metrics.annotations=true,agent.podAnnotations.mine=too");
    assertThat(annotated)
        .filteredOn(resource -> resource instanceof Deployment || resource instanceof DaemonSet)
        .hasSize(2)
        .extracting(ChartTest::podAnnotations)
        .containsExactlyInAnyOrder(
            Map.of(
                "prometheus.io/scrape", "true",
                "prometheus.io/port", "8080",
                "prometheus.io/path", "/metrics"),
            Map.of(
                "mine", "too",
                "prometheus.io/scrape", "true",
                "prometheus.io/port", "9464",
                "prometheus.io/path", "/metrics"));
    assertThat(annotated)
        .filteredOn(Service.class::isInstance)
        .extracting(it -> it.getMetadata().getName())
        .containsExactlyInAnyOrder("whistler-operator-metrics", "whistler-agent-metrics");
    assertThat(rendered("metrics.services=false")).noneMatch(Service.class::isInstance);
  }

  private static Map<String, String> podAnnotations(HasMetadata resource) {
    return switch (resource) {
      case Deployment it -> it.getSpec().getTemplate().getMetadata().getAnnotations();
      case DaemonSet it -> it.getSpec().getTemplate().getMetadata().getAnnotations();
      default -> throw new IllegalArgumentException(resource.getKind());
    };
  }

  @Test
  void rolesNameWhatTheyGiveAndGiveNoSecrets() {
    List<PolicyRule> rules =
        rendered("agent.priority=7").stream().flatMap(ChartTest::rules).toList();

    assertThat(rules).hasSizeGreaterThan(10);
    assertThat(rules)
        .allSatisfy(
            rule -> {
              assertThat(rule.getVerbs()).doesNotContain("*", "escalate", "bind", "impersonate");
              assertThat(rule.getResources()).doesNotContain("*", "secrets", "pods");
              assertThat(rule.getApiGroups()).doesNotContain("*");
            });
  }

  /** What kubectl describe asks for, and what it names. */
  @Test
  void whoMayEditProgramsSeesWhatBecomesOfThem() {
    List<PolicyRule> rules =
        rendered("agent.priority=7").stream()
            .filter(resource -> resource.getMetadata().getName().endsWith("-edit"))
            .flatMap(resource -> ((ClusterRole) resource).getRules().stream())
            .toList();

    for (String seen :
        List.of("events", "whistlerprograms", "whistlerrevisions", "whistlernodes")) {
      assertThat(rules)
          .filteredOn(rule -> rule.getResources().contains(seen))
          .as(seen)
          .singleElement()
          .satisfies(rule -> assertThat(rule.getVerbs()).contains("get", "list", "watch"))
          .satisfies(
              rule ->
                  assertThat(rule.getApiGroups())
                      .containsExactly(seen.equals("events") ? "" : "whistler.dev"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"operator", "agent"})
  void theReadmeTellsEachRight(String account) throws IOException {
    Map<String, Set<String>> told = new TreeMap<>();
    Files.readString(ROOT.resolve("helm/whistler/README.md"))
        .lines()
        .filter(line -> line.startsWith("| " + account + " | `"))
        .map(line -> line.split("\\|")[2])
        .forEach(
            row ->
                QUOTED
                    .matcher(row)
                    .results()
                    .map(ChartTest::row)
                    .filter(name -> !NO_RESOURCES.contains(name))
                    .forEach(name -> verbs(told, name).addAll(wordsWithout(row))));
    Map<String, Set<String>> given = new TreeMap<>();
    rendered("agent.priority=7").stream()
        .filter(role -> account.equals(role.getMetadata().getLabels().get(COMPONENT)))
        .flatMap(ChartTest::rules)
        .forEach(
            rule ->
                rule.getResources()
                    .forEach(resource -> verbs(given, resource).addAll(rule.getVerbs())));

    assertThat(given).hasSizeGreaterThan(5).isEqualTo(told);
  }

  private static Stream<PolicyRule> rules(HasMetadata resource) {
    return switch (resource) {
      case Role role -> role.getRules().stream();
      case ClusterRole role -> role.getRules().stream();
      default -> Stream.of();
    };
  }

  private static Set<String> verbs(Map<String, Set<String>> rights, String resource) {
    return rights.computeIfAbsent(resource, name -> new TreeSet<>());
  }

  private static List<String> wordsWithout(String row) {
    return List.of(QUOTED.matcher(row).replaceAll("").split("[^a-z]+")).stream()
        .filter(VERBS::contains)
        .toList();
  }

  @Test
  void choresHaveRightsOnlyWhileTheyRun() {
    Set<String> chores =
        Set.of("whistler-upgrade-definitions", "whistler-uninstall", "whistler-check");

    assertThat(rendered("agent.priority=7"))
        .filteredOn(resource -> chores.contains(resource.getMetadata().getName()))
        .hasSizeGreaterThanOrEqualTo(8)
        .allSatisfy(
            resource ->
                assertThat(resource.getMetadata().getAnnotations())
                    .containsKey("helm.sh/hook")
                    .hasEntrySatisfying(
                        "helm.sh/hook-delete-policy",
                        policy -> assertThat(policy).contains("before-hook-creation")));
  }

  @Test
  void withoutHooksNothingIsDoneBesideTheRelease() {
    assertThat(rendered("hooks.upgradeDefinitions=false,hooks.removePrograms=false"))
        .noneMatch(Job.class::isInstance);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense=1 | nonsense",
        "agent.nonsense=1 | nonsense",
        "agent.directory=relative | directory",
        "image.pullPolicy=Sometimes | pullPolicy",
        "operator.wantedProfiles=0 | wantedProfiles",
        "operator.compileTimeLimit=soon | compileTimeLimit",
        "operator.resources.limits.memory=-5 | memory",
        "agent.resources.requests.cpu=a lot | cpu",
        "agent.maxUnavailable=0 | maxUnavailable",
        "agent.features.network=true | hostNetwork",
        "agent.features.processes=true | hostPID",
        "agent.features.containerUprobes=true | hostPID",
        "agent.seccomp.type=Localhost | localhostProfile",
        "hooks.timeLimitSeconds=-1 | timeLimitSeconds",
        "logLevel=LOUD | logLevel",
        "logFormat=xml | logFormat",
        "operator.replicas=0 | replicas",
        "metrics.monitors.interval=often | interval",
        "metrics.monitors.enabled=true | Prometheus operator"
      })
  void aValueThatMakesNoSenseIsRefusedByItsName(String setting, String name) {
    Helm.Result result = helm.template("whistler", "whistler-system", setting);

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains(name);
  }

  private PodSpec agent(String settings) {
    return rendered(settings).stream()
        .filter(DaemonSet.class::isInstance)
        .flatMap(resource -> pod(resource).stream())
        .findFirst()
        .orElseThrow();
  }

  private static List<PodSpec> pod(HasMetadata resource) {
    return switch (resource) {
      case DaemonSet set -> List.of(set.getSpec().getTemplate().getSpec());
      case Deployment deployment -> List.of(deployment.getSpec().getTemplate().getSpec());
      case Job job -> List.of(job.getSpec().getTemplate().getSpec());
      case Pod pod -> List.of(pod.getSpec());
      default -> List.of();
    };
  }

  private List<HasMetadata> rendered(String settings) {
    Helm.Result result = helm.template("whistler", "whistler-system", settings);
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return List.of(result.output().split("\n---\n")).stream()
        .<HasMetadata>map(Serialization::unmarshal)
        .toList();
  }
}
