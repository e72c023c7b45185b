package dev.whistler.operator.chore;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/**
 * Applies the resource definitions of this version. Helm installs definitions and never upgrades
 * them. Applying changes a definition in place: no object of its kind is lost.
 */
final class DefinitionUpgrade {
  private static final String FIELD_MANAGER = "whistler-chart";

  private final KubernetesClient client;
  private final PrintStream out;

  DefinitionUpgrade(KubernetesClient client, PrintStream out) {
    this.client = client;
    this.out = out;
  }

  /**
   * Returns when the API server serves all of them.
   *
   * @throws KubernetesClientException when one is refused or is not served in time
   */
  void run(Deadline deadline) {
    for (Class<? extends HasMetadata> kind : Kinds.ALL) {
      CustomResourceDefinition definition = read(Kinds.definition(kind));
      var _ =
          client
              .resource(definition)
              .fieldManager(FIELD_MANAGER)
              .forceConflicts()
              .serverSideApply();
    }
    for (Class<? extends HasMetadata> kind : Kinds.ALL) {
      String name = Kinds.definition(kind);
      if (!deadline.await(() -> isEstablished(name))) {
        throw new KubernetesClientException("The API server does not serve " + name + " yet.");
      }
      out.println(name + " is up to date");
    }
  }

  private boolean isEstablished(String name) {
    CustomResourceDefinition definition =
        client.apiextensions().v1().customResourceDefinitions().withName(name).get();
    return definition != null
        && definition.getStatus() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  private CustomResourceDefinition read(String name) {
    String file = "/crds/" + name + ".yaml";
    try (InputStream in = DefinitionUpgrade.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("This build holds no " + file + ".");
      }
      return client.apiextensions().v1().customResourceDefinitions().load(in).item();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ".", e);
    }
  }
}
