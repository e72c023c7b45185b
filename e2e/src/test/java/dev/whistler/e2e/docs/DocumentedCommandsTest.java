package dev.whistler.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import dev.whistler.e2e.examples.Manifests;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.image.Images;
import dev.whistler.testbed.install.Helm;
import dev.whistler.testbed.process.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Each command of the documents on installing and testing is one that exists: Helm renders the
 * chart with the settings shown, options are parsed by the program that gets them, files, test
 * classes and kinds of long tests are there. What the commands do to a cluster is tested elsewhere.
 */
final class DocumentedCommandsTest {
  private static final Path ROOT = Repository.find().root();
  private static final Set<String> KUBECTL =
      Set.of("apply", "create", "get", "describe", "delete", "label", "logs");
  private static final Set<String> SHORT_NAMES = Set.of("crd", "lease", "namespace", "wp");

  /** A command and the document that shows it. */
  record Shown(String document, String command) {
    @Override
    public String toString() {
      return document + ": " + command;
    }
  }

  static List<Shown> commands() throws IOException {
    List<Shown> shown = new ArrayList<>();
    for (String document :
        List.of(
            "docs/bpf.md",
            "docs/install.md",
            "docs/testing.md",
            "helm/whistler/README.md",
            "README.md")) {
      String text = Files.readString(ROOT.resolve(document));
      Stream<String> lines =
          Stream.concat(
              Pattern.compile("(?m)^\\$ (.+)$").matcher(text).results().map(m -> m.group(1)),
              Pattern.compile("`((?:\\./whistler|kubectl|helm|mvn) [^`]+)`")
                  .matcher(text)
                  .results()
                  .map(m -> m.group(1)));
      lines.distinct().forEach(line -> shown.add(new Shown(document, line)));
    }
    return shown;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void exists(Shown shown) throws IOException {
    for (String part : shown.command().split(" \\| ")) {
      List<String> words = List.of(part.strip().split("\\s+"));
      switch (words.getFirst()) {
        case "helm" -> helm(words);
        case "kubectl" -> kubectl(words);
        case "./whistler" -> whistler(words);
        case "mvn" -> maven(words);
        // Run by JavaExampleTest of the runtime.
        case "java" -> assertThat(ROOT.resolve("examples/java/Forks.java")).exists();
        case "skopeo", "ctr" -> image(words);
        // Run by LeftoversIT.
        case "helm/remove-leftovers.sh" ->
            assertThat(List.of("helm/remove-leftovers.sh", "--definitions")).containsAll(words);
        // What the chart mounts of the node, and where the agent pins in it.
        case "rm" -> assertThat(words).containsExactly("rm", "-r", "/sys/fs/bpf/whistler");
        case "grep", "xargs", "#", "sha256sum", "cosign" -> assertThat(words).hasSizeGreaterThan(1);
        default -> fail("Nobody checks commands of " + words.getFirst() + ": " + shown);
      }
    }
  }

  private static void helm(List<String> words) {
    String verb = words.get(1);
    assertThat(verb).isIn("install", "upgrade", "uninstall", "test");
    if (words.size() > 2) {
      assertThat(words).as("its release and namespace").contains("whistler", "--namespace");
    }
    // A verb alone is a word of the text, not a command to type.
    if (Set.of("install", "upgrade").contains(verb) && words.size() > 2) {
      assertThat(words.get(3)).isEqualTo("helm/whistler");
      Helm.Result result =
          Helm.find(Repository.find(), Progress.timed(System.err))
              .template("whistler", "whistler", valuesAfter("--set", words).toArray(String[]::new));
      assertThat(result.exitCode()).as(result.errors()).isZero();
    }
  }

  private static void kubectl(List<String> words) throws IOException {
    assertThat(words.get(1)).isIn(KUBECTL);
    for (String file : valuesAfter("-f", words)) {
      List<Path> files = new ArrayList<>();
      try (Stream<Path> found = Files.walk(ROOT.resolve(file))) {
        found.filter(path -> path.toString().endsWith(".yaml")).forEach(files::add);
      }
      assertThat(files).as(file).isNotEmpty();
      for (Path yaml : files) {
        assertThat(Manifests.in(yaml))
            .as(yaml.toString())
            .isNotEmpty()
            .allSatisfy(resource -> assertThat(resource.getKind()).isNotBlank());
      }
    }
    for (String file : valuesAfter("--from-file", words)) {
      assertThat(ROOT.resolve(file.substring(file.indexOf('=') + 1))).as(file).isRegularFile();
    }
    if (Set.of("get", "describe", "delete").contains(words.get(1)) && words.size() > 2) {
      assertThat(kinds()).contains(words.get(2));
    }
  }

  private static Set<String> kinds() throws IOException {
    Set<String> kinds = new TreeSet<>(SHORT_NAMES);
    try (Stream<Path> files = Files.list(ROOT.resolve("helm/whistler/crds"))) {
      files.forEach(
          file -> kinds.add(String.valueOf(file.getFileName()).replaceFirst("\\..*", "")));
    }
    return kinds;
  }

  private static void whistler(List<String> words) throws IOException {
    if (words.size() < 2) {
      return;
    }
    switch (words.get(1)) {
      case "images" ->
          assertThatCode(
                  () ->
                      new CommandLine(new Images())
                          .setCaseInsensitiveEnumValuesAllowed(true)
                          .parseArgs(
                              words.subList(2, words.size()).stream()
                                  .map(word -> word.replaceAll("[\\[\\]]", ""))
                                  .toArray(String[]::new)))
              .doesNotThrowAnyException();
      case "test" -> {
        for (String kind : valuesAfter("--long", words)) {
          assertThat(kind.equals("KIND") || longKinds().contains(kind)).as(kind).isTrue();
        }
      }
      case "demo", "bench" -> assertThat(words).hasSizeGreaterThan(1);
      default ->
          assertThat(words.get(1))
              .isIn("compile", "check", "disasm", "profile", "run", "schema", "explain");
    }
  }

  private static Set<String> longKinds() throws IOException {
    Set<String> kinds = new TreeSet<>();
    Pattern.compile("(?m)^  ([a-z-]+)\\)")
        .matcher(Files.readString(ROOT.resolve(".ci/long")))
        .results()
        .forEach(match -> kinds.add(match.group(1)));
    return kinds;
  }

  @Test
  void everyKindOfLongTestIsInTheTable() throws IOException {
    Set<String> told = new TreeSet<>();
    Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
        .matcher(Files.readString(ROOT.resolve("docs/testing.md")))
        .results()
        .forEach(match -> told.add(match.group(1)));

    assertThat(told).containsAll(longKinds());
  }

  private static void maven(List<String> words) throws IOException {
    for (String word : words) {
      if (word.startsWith("-Dtest=") || word.startsWith("-Dit.test=")) {
        String test = word.substring(word.indexOf('=') + 1) + ".java";
        try (Stream<Path> files =
            Files.find(ROOT, 12, (path, is) -> path.getFileName().toString().equals(test))) {
          assertThat(files.findFirst()).as(word).isPresent();
        }
      }
    }
    for (String module : valuesAfter("-pl", words)) {
      assertThat(ROOT.resolve(module).resolve("pom.xml")).exists();
    }
  }

  private static void image(List<String> words) {
    List<String> files =
        words.stream()
            .filter(word -> word.startsWith("oci:images/") || word.startsWith("images/"))
            .map(word -> word.replaceFirst("^oci:", ""))
            .toList();
    assertThat(files).hasSize(1);
    assertThat(files.getFirst()).matches("images/(operator|agent)(\\.tar)?");
  }

  private static List<String> valuesAfter(String option, List<String> words) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      if (words.get(i).equals(option)) {
        values.add(words.get(i + 1));
      }
    }
    return values;
  }
}
