package dev.whistler.operator.installation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestMeterTest {
  @ParameterizedTest
  @CsvSource({
    "/apis/whistler.dev/v1alpha1/whistlerprograms, whistlerprograms",
    "/apis/whistler.dev/v1alpha1/whistlerprograms/forks, whistlerprograms",
    "/apis/whistler.dev/v1alpha1/whistlerprograms/forks/status, whistlerprograms/status",
    "/api/v1/nodes, nodes",
    "/api/v1/nodes/a, nodes",
    "/api/v1/namespaces/default/events/forks.1, events",
    "/apis/coordination.k8s.io/v1/namespaces/default/leases/whistler-operator, leases",
    "/version, other",
    "/apis, other",
    "/, other"
  })
  void namesAreNoLabels(String path, String resource) {
    assertThat(RequestMeter.resource(path)).isEqualTo(resource);
  }
}
