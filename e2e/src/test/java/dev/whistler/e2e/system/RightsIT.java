package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.e2e.system.AuditLog.Request;
import dev.whistler.testbed.install.Installation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each right that the chart gives to operator and agents was used by the tests before this one: it
 * is the last class of a run, and says nothing when it runs without the others.
 */
@Order(Integer.MAX_VALUE)
@ExtendWith(SystemExtension.class)
final class RightsIT {
  /** Rights that not every run uses, and why they stay. */
  private static final Map<String, Map<String, String>> EXCEPTIONS =
      Map.of(
          "whistler-operator",
          Map.of(
              "get whistlerprograms", "read again after a conflict about the finalizer",
              "get whistlerartifacts", "read when its name is taken",
              "create kernelprofilerequests", "asked for when a patch creates it",
              "delete kernelprofiles", "of one that is not what its name says",
              "delete kerneltypes", "of one that is not what its name says",
              "patch events in default", "told a minute later, which no test waits for"),
          "whistler-agent",
          Map.of("patch whistlernodes", "the owner of a report from before its Node was known"));

  /** What only some of the others ask for: without them the log says too little. */
  private static final Set<String> SIGNS = Set.of("delete leases", "delete whistlernodes");

  @ParameterizedTest
  @ValueSource(strings = {"whistler-operator", "whistler-agent"})
  void noneIsGivenThatNobodyUses(String account, WhistlerSystem system) throws IOException {
    List<Request> requests = AuditLog.of(system.cluster()).requests();
    assumeTrue(
        used("whistler-operator", requests).containsAll(SIGNS),
        "the tests before this one have not asked for all that there is to ask for");

    Set<String> unused = new TreeSet<>(granted(system, account));
    unused.removeAll(used(account, requests));
    Set<String> excepted = Objects.requireNonNull(EXCEPTIONS.get(account)).keySet();
    assertThat(unused).as("rights of %s that nothing uses", account).isSubsetOf(excepted);
  }

  private static Set<String> used(String account, List<Request> requests) {
    String user = "system:serviceaccount:" + Installation.NAMESPACE + ":" + account;
    return requests.stream()
        .filter(request -> request.user().equals(user) && request.code() != 403)
        .flatMap(
            request -> {
              String right = request.verb() + " " + request.resource();
              return Stream.of(right, right + inNamespace(request.namespace()));
            })
        .collect(Collectors.toSet());
  }

  /** Verb and resource of each rule of each role of an account. */
  private static Set<String> granted(WhistlerSystem system, String account) throws IOException {
    List<HasMetadata> chart;
    try (InputStream in =
        Objects.requireNonNull(Installation.class.getResourceAsStream("chart.yaml"))) {
      chart = system.client().load(in).items();
    }
    Set<String> roles = new HashSet<>();
    for (HasMetadata resource : chart) {
      if (resource instanceof ClusterRoleBinding binding && isOf(account, binding.getSubjects())) {
        roles.add("ClusterRole/" + binding.getRoleRef().getName());
      } else if (resource instanceof RoleBinding binding && isOf(account, binding.getSubjects())) {
        roles.add(binding.getRoleRef().getKind() + "/" + binding.getRoleRef().getName());
      }
    }
    Set<String> rights =
        chart.stream()
            .filter(it -> roles.contains(it.getKind() + "/" + it.getMetadata().getName()))
            .flatMap(RightsIT::rights)
            .collect(Collectors.toSet());
    assertThat(rights).as("rights of %s", account).hasSizeGreaterThan(10);
    return rights;
  }

  private static boolean isOf(String account, List<Subject> subjects) {
    return subjects.stream().anyMatch(subject -> subject.getName().equals(account));
  }

  private static Stream<String> rights(HasMetadata resource) {
    return switch (resource) {
      case ClusterRole role -> rights(role.getRules(), "");
      case Role role -> rights(role.getRules(), inNamespace(role.getMetadata().getNamespace()));
      default -> Stream.of();
    };
  }

  private static Stream<String> rights(List<PolicyRule> rules, String where) {
    return rules.stream()
        .flatMap(
            rule ->
                rule.getResources().stream()
                    .flatMap(it -> rule.getVerbs().stream().map(verb -> verb + " " + it + where)));
  }

  private static String inNamespace(String namespace) {
    return " in " + namespace;
  }
}
