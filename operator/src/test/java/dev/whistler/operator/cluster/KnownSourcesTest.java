package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.SourceReference.ConfigMapKey;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.operator.model.ProgramSource;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.Refusal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of a reference to a ConfigMap, and when those who refer to it are told. */
final class KnownSourcesTest {
  private static final ConfigMapKey KEY = new ConfigMapKey("texts", "forks.lisp");
  private static final String CALLED =
      "The key forks.lisp of the ConfigMap texts in the namespace whistler ";

  private final KnownSources sources = new KnownSources("whistler");

  private static ConfigMap texts(String key, String text) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("texts")
        .endMetadata()
        .addToData(key, text)
        .build();
  }

  @Test
  void theTextIsThatOfTheKey() {
    assertThat(
            sources.written(
                new ConfigMapBuilder(texts("forks.lisp", "(this)"))
                    .addToData("other.lisp", "(that)")
                    .build()))
        .isTrue();
    assertThat(sources.of(KEY)).isEqualTo(new ProgramSource.Text("(this)"));
    assertThat(sources.count()).isOne();
  }

  @Test
  void whatIsMissingIsNamedWithTheLabelThatItNeeds() {
    assertThat(sources.of(KEY))
        .isEqualTo(
            new ProgramSource.Unavailable(
                "There is no ConfigMap texts with the label whistler.dev/source in the namespace"
                    + " whistler; create it, or label the one that is there."));
    assertThat(sources.of(KEY).refusal()).map(Refusal::reason).contains(Reason.SOURCE_UNAVAILABLE);
  }

  @Test
  void aKeyThatIsMissingIsNamed() {
    assertThat(sources.written(texts("forks", "(this)"))).isTrue();
    assertThat(why())
        .isEqualTo(
            CALLED + "is missing; put the program's text there, or name the key that has it.");
    assertThat(sources.written(new ConfigMapBuilder(texts("a", "b")).withData(null).build()))
        .isTrue();
    assertThat(why()).startsWith(CALLED + "is missing");
  }

  @Test
  void bytesAreNoText() {
    sources.written(
        new ConfigMapBuilder(texts("forks", "(this)"))
            .addToBinaryData("forks.lisp", "/w==")
            .build());
    assertThat(why()).startsWith(CALLED + "is under binaryData").endsWith("in UTF-8.");
  }

  @Test
  void nothingIsNoProgram() {
    sources.written(texts("forks.lisp", ""));
    assertThat(why()).isEqualTo(CALLED + "is empty; put the program's text there.");
  }

  @Test
  void aTextIsAsLongAsASourceMayBe() {
    int most = WhistlerProgramSpec.MAX_SOURCE_BYTES;
    sources.written(texts("forks.lisp", "x".repeat(most)));
    assertThat(sources.of(KEY).available()).isPresent();
    sources.written(texts("forks.lisp", "é".repeat(most / 2)));
    assertThat(sources.of(KEY).available()).isPresent();

    sources.written(texts("forks.lisp", "x".repeat(most + 1)));
    assertThat(why()).startsWith(CALLED + "is longer than the 128 KiB that a program may have; ");
    sources.written(texts("forks.lisp", "é".repeat(most / 2 + 1)));
    assertThat(why()).as("bytes count, not characters").contains("128 KiB");
  }

  @Test
  void onlyWhatProgramsCanSeeIsNews() {
    ConfigMap texts = texts("forks.lisp", "(this)");
    assertThat(sources.written(texts)).isTrue();
    assertThat(
            sources.written(
                new ConfigMapBuilder(texts)
                    .editMetadata()
                    .withResourceVersion("17")
                    .withAnnotations(Map.of("a", "b"))
                    .withLabels(Map.of("whistler.dev/source", "another"))
                    .endMetadata()
                    .build()))
        .isFalse();
    assertThat(sources.written(texts("forks.lisp", "(that)"))).isTrue();
    assertThat(sources.deleted("texts")).isTrue();
    assertThat(why()).startsWith("There is no ConfigMap texts ");
    assertThat(sources.deleted("texts")).isFalse();
    assertThat(sources.count()).isZero();
  }

  /** The sentence changes, from that there is none to that it lacks the key. */
  @Test
  void oneWithoutAnyKeyIsNews() {
    assertThat(sources.written(new ConfigMapBuilder(texts("a", "b")).withData(Map.of()).build()))
        .isTrue();
  }

  private String why() {
    return switch (sources.of(KEY)) {
      case ProgramSource.Unavailable(String message) -> message;
      case ProgramSource.Text(String text) -> throw new AssertionError(text);
    };
  }
}
