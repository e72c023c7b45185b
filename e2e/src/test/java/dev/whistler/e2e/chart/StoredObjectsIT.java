package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Today's definitions take what an older version stored, and keep all of it: an upgrade neither
 * drops a field that something runs by nor refuses the next write of its object.
 */
@ExtendWith(ApiServerExtension.class)
final class StoredObjectsIT {
  private static final String STORED = "crds/src/test/resources/stored";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void areTakenAndKeptWhole(TestCluster cluster) throws IOException {
    KubernetesClient client = cluster.client();
    GenericKubernetesResource wanted = read(folder().resolve("kernelprofilerequest.yaml"));
    client.resource(wanted).forceConflicts().serverSideApply();
    try {
      // While there is no list of wanted profiles, nobody creates any.
      GenericKubernetesResource profile = read(folder().resolve("kernelprofile.yaml"));
      Waiting.until("the policy knows the list", LIMIT, () -> isTaken(client, profile));
      takesAndKeepsAll(client);
    } finally {
      client.resource(wanted).delete();
    }
  }

  private static boolean isTaken(KubernetesClient client, GenericKubernetesResource stored) {
    try {
      var _ = dryRun(client, stored);
      return true;
    } catch (KubernetesClientException denied) {
      return false;
    }
  }

  private static Path folder() {
    return Repository.find().root().resolve(STORED);
  }

  private static GenericKubernetesResource read(Path file) throws IOException {
    return Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class);
  }

  private static void takesAndKeepsAll(KubernetesClient client) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder())) {
      files = found.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(12);
    for (Path file : files) {
      GenericKubernetesResource stored = read(file);
      boolean hasStatus = stored.getAdditionalProperties().containsKey("status");
      GenericKubernetesResource kept =
          hasStatus ? withStatus(client, stored) : dryRun(client, stored);
      assertThat(part(kept, "status"))
          .as("%s status", file.getFileName())
          .isEqualTo(part(stored, "status"));
      assertThat(withoutDefaults(part(kept, "spec")))
          .as("%s spec", file.getFileName())
          .isEqualTo(withoutDefaults(part(stored, "spec")));
    }
  }

  private static JsonNode part(GenericKubernetesResource resource, String name) {
    return Serialization.unmarshal(Serialization.asJson(resource), JsonNode.class).path(name);
  }

  /** A program has a tier, whether or not it says so. */
  private static JsonNode withoutDefaults(JsonNode spec) {
    return spec.isObject() && spec.path("tier").asText().equals("observe")
        ? ((ObjectNode) spec.deepCopy()).without("tier")
        : spec;
  }

  private static GenericKubernetesResource dryRun(
      KubernetesClient client, GenericKubernetesResource stored) {
    return stored.getKind().equals("KernelProfileRequest")
        ? client.resource(stored).require()
        : client.resource(stored).dryRun().create();
  }

  private static GenericKubernetesResource withStatus(
      KubernetesClient client, GenericKubernetesResource stored) {
    GenericKubernetesResource created = client.resource(stored).create();
    try {
      created.setAdditionalProperty("status", stored.get("status"));
      return client.resource(created).updateStatus();
    } finally {
      client.resource(created).delete();
    }
  }
}
