package dev.whistler.e2e.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Group;
import dev.whistler.crds.SourceReference.ConfigMapKey;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.testbed.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  private final Path examples = Repository.find().root().resolve("examples");

  @Test
  void theResourceHoldsTheProgramOfItsName() throws IOException {
    WhistlerProgram program =
        Serialization.unmarshal(
            Files.readString(examples.resolve("forks.yaml")), WhistlerProgram.class);

    assertThat(program.getMetadata().getName()).isEqualTo("forks");
    assertThat(program.getSpec().source())
        .isEqualTo(Files.readString(examples.resolve("forks.lisp")));
  }

  /** SourceFromIT runs it. */
  @Test
  void theProgramNamesTheConfigMapBesideIt() throws IOException {
    SourceExample example = SourceExample.read();
    ConfigMapKey key =
        Objects.requireNonNull(example.program().getSpec().sourceFrom()).configMapKeyRef();
    ConfigMap texts = example.configMap();

    assertThat(texts.getMetadata().getName()).isEqualTo(key.name());
    assertThat(texts.getMetadata().getLabels()).containsKey(Group.SOURCE_LABEL);
    assertThat(texts.getData()).containsOnlyKeys(key.key());
  }
}
