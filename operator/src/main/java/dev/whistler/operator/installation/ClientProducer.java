package dev.whistler.operator.installation;

import dev.whistler.operator.metrics.OperatorMetrics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The client that all of the operator has but its Lease: it writes only for a leader. */
final class ClientProducer {
  private static final String FENCE = "whistler-write-fence";
  private static final String METER = "whistler-request-meter";

  @Produces
  @Singleton
  KubernetesClient client(
      Config config,
      KubernetesSerialization serialization,
      Leadership leadership,
      OperatorMetrics metrics) {
    return new KubernetesClientBuilder()
        // What the fence throws when the library itself repeats a request reaches nobody, and
        // whoever
        // asked would wait for ever. Whoever asks repeats it.
        .withConfig(new ConfigBuilder(config).withRequestRetryBackoffLimit(0).build())
        .withKubernetesSerialization(serialization)
        .withHttpClientBuilderConsumer(
            http ->
                http.addOrReplaceInterceptor(FENCE, new WriteFence(leadership))
                    .addOrReplaceInterceptor(METER, new RequestMeter(metrics)))
        .build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }
}
