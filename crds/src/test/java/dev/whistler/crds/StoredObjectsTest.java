package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What clusters hold since before revisions had payloads is read as it was meant. The files were
 * written by the version that stored such objects and stay as they are.
 */
final class StoredObjectsTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "stored");
  private static final String PROFILE = "a".repeat(40);
  private static final String OTHER_PROFILE = "b".repeat(40);

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  @Test
  void thereAreObjectsOfEveryKind() throws IOException {
    assertThat(files().map(file -> kindOf(read(file)).getSimpleName()))
        .containsAll(CrdYaml.KINDS.stream().map(Class::getSimpleName).toList());
  }

  @ParameterizedTest
  @MethodSource("files")
  void nothingOfThemIsLost(Path file) throws IOException {
    JsonNode stored = Serialization.unmarshal(Files.readString(file), JsonNode.class);

    assertThat(Serialization.unmarshal(Serialization.asJson(read(file)), JsonNode.class))
        .isEqualTo(stored);
  }

  @Test
  void aRevisionWithoutAPayloadIsReadByItsFields() {
    StoredRevision revision = revision("active");

    assertThat(revision.reading())
        .isInstanceOfSatisfying(
            RevisionReading.Readable.class,
            readable -> {
              RevisionPayload payload = readable.payload();
              assertThat(payload.revision()).isEqualTo(2);
              assertThat(payload.tier()).isEqualTo(Tier.ACT);
              assertThat(payload.knobs()).containsExactly(Map.entry("min-us", "7"));
              assertThat(payload.sinks())
                  .containsExactly(ProgramSink.toStdout(), ProgramSink.toFile("forks.jsonl"));
              assertThat(payload.requires()).containsExactly("SinkFile", "SinkStdout");
            });
    assertThat(revision.reading().selects(Map.of("zone", "a", "kubernetes.io/arch", "arm64")))
        .contains(true);
    assertThat(revision.reading().selects(Map.of("zone", "b", "kubernetes.io/arch", "arm64")))
        .contains(false);
  }

  @Test
  void everyFieldOfItCounts() {
    assertThat(RevisionReading.of(resource("everything"), RevisionFeature.ALL))
        .isInstanceOfSatisfying(
            RevisionReading.Readable.class,
            readable ->
                assertThat(readable.payload().requires())
                    .containsExactly(
                        "Attach", "Budget", "Events", "Maps", "Metrics", "Scope", "SinkRef"));
  }

  @Test
  void itsArtifactsByProfileAreBindings() {
    StoredRevision revision = revision("active");

    assertThat(revision.phase()).isEqualTo(Phase.ACTIVE);
    assertThat(revision.bindings())
        .containsOnly(
            Map.entry(KernelIdentity.of(PROFILE, null), Binding.to("1".repeat(40))),
            Map.entry(KernelIdentity.of(OTHER_PROFILE, null), Binding.to("2".repeat(40))));
    assertThat(
            Membership.of(
                    List.of(revision, revision("superseded")),
                    "node-a",
                    Map.of("zone", "a", "kubernetes.io/arch", "amd64"),
                    List.of(kernelOf("whistlernode")))
                .run())
        .extracting(Membership.Choice::artifact)
        .containsExactly("1".repeat(40));
  }

  @Test
  void whatAgentsWithoutBindingsReadStaysWhileItHolds() {
    WhistlerRevisionStatus stored = resource("active").getStatus();
    WhistlerRevisionStatus now =
        WhistlerRevisionStatus.of(
                Phase.ACTIVE,
                Map.of(
                    KernelIdentity.of(PROFILE, null), Binding.to("1".repeat(40)),
                    KernelIdentity.of(OTHER_PROFILE, null), Binding.to("9".repeat(40))))
            .withFormer(stored.artifacts());

    assertThat(now.artifacts()).containsExactly(Map.entry(PROFILE, "1".repeat(40)));
    assertThat(now.bound()).isEqualTo(now.bindings());
  }

  @Test
  void aNodeThatStatesAProfileOnlyHasAKernel() {
    assertThat(kernelOf("whistlernode")).isEqualTo(KernelIdentity.of(PROFILE, null));
  }

  private static String kernelOf(String file) {
    return ((WhistlerNode) read(FOLDER.resolve(file + ".yaml")))
        .getStatus()
        .kernelStated()
        .map(Kernel::identity)
        .orElseThrow();
  }

  private static WhistlerRevision resource(String name) {
    return (WhistlerRevision) read(FOLDER.resolve("whistlerrevision-" + name + ".yaml"));
  }

  private static StoredRevision revision(String name) {
    return StoredRevision.of(resource(name), RevisionFeature.ALL);
  }

  private static HasMetadata read(Path file) {
    try {
      String yaml = Files.readString(file);
      HasMetadata object = Serialization.unmarshal(yaml);
      return Serialization.unmarshal(yaml, kindOf(object));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Class<? extends HasMetadata> kindOf(HasMetadata object) {
    return CrdYaml.KINDS.stream()
        .filter(kind -> kind.getSimpleName().equals(object.getKind()))
        .findFirst()
        .orElseThrow();
  }
}
