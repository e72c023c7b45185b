package dev.whistler.e2e.examples;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.testbed.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;

/**
 * The example of a program whose text is in a ConfigMap.
 *
 * @param configMap with the text
 * @param program that names it
 */
public record SourceExample(ConfigMap configMap, WhistlerProgram program) {
  /** As it stands in the file. */
  public static SourceExample read() throws IOException {
    List<HasMetadata> both = Manifests.in(Repository.find().example("from-configmap.yaml"));
    return new SourceExample(
        (ConfigMap) both.getFirst(),
        Serialization.unmarshal(Serialization.asYaml(both.getLast()), WhistlerProgram.class));
  }
}
