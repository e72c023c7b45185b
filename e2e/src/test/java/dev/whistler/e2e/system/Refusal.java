package dev.whistler.e2e.system;

import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;

/** A policy by which the API server refuses requests of a kind, as long as this is open. */
record Refusal(KubernetesClient client, HasMetadata policy, HasMetadata binding)
    implements AutoCloseable {

  /** What the API server says of each. */
  static final String MESSAGE = "refused by a test";

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * Begins to refuse.
   *
   * @param resource plural of the kind, with its subresource if it is one
   * @param condition CEL over the request; what it holds for is refused
   */
  static Refusal of(KubernetesClient client, String resource, String operation, String condition) {
    String name = "refuses-" + resource.replace('/', '-');
    HasMetadata policy =
        new ValidatingAdmissionPolicyBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewSpec()
            .withNewMatchConstraints()
            .addNewResourceRule()
            .withApiGroups("whistler.dev")
            .withApiVersions("*")
            .withOperations(operation)
            .withResources(resource)
            .endResourceRule()
            .endMatchConstraints()
            .addNewValidation()
            .withExpression("!(" + condition + ")")
            .withMessage(MESSAGE)
            .endValidation()
            .endSpec()
            .build();
    HasMetadata binding =
        new ValidatingAdmissionPolicyBindingBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewSpec()
            .withPolicyName(name)
            .withValidationActions("Deny")
            .endSpec()
            .build();
    var _ = client.resource(policy).create();
    var _ = client.resource(binding).create();
    return new Refusal(client, policy, binding);
  }

  /** Waits until the creation of an object is refused, which is tried without effect. */
  void awaitInForce(HasMetadata object) {
    Waiting.until(
        policy.getMetadata().getName() + " in force",
        LIMIT,
        () -> {
          try {
            var _ = client.resource(object).dryRun().create();
            return false;
          } catch (KubernetesClientException refused) {
            return String.valueOf(refused.getMessage()).contains(MESSAGE);
          }
        });
  }

  @Override
  public void close() {
    client.resource(binding).delete();
    client.resource(policy).delete();
  }
}
