package dev.whistler.operator.installation;

import dev.whistler.operator.metrics.OperatorMetrics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The client that all of the operator has but its Lease: it writes only for a leader. */
final class ClientProducer {
  @Produces
  @Singleton
  KubernetesClient client(
      Config config,
      KubernetesSerialization serialization,
      Leadership leadership,
      OperatorMetrics metrics) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(serialization)
        .withHttpClientFactory(
            new FencedHttpClient.Factory(
                HttpClientUtils.getHttpClientFactory(),
                new WriteFence(leadership),
                new RequestMeter(metrics)))
        .build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }
}
