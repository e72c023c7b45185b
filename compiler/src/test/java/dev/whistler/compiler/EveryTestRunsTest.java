package dev.whistler.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every class with tests, of all modules, has a name that a runner looks for: a class with another
 * name compiles, looks well, and never runs.
 */
class EveryTestRunsTest {
  /** Default includes of maven-surefire-plugin 3, which no module changes. */
  private static final Pattern SUREFIRE = Pattern.compile("Test.*|.*Test|.*Tests|.*TestCase");

  /** Default includes of maven-failsafe-plugin 3, for modules that have it. */
  private static final Pattern FAILSAFE = Pattern.compile("IT.*|.*IT|.*ITCase");

  private static final Pattern MARK =
      Pattern.compile(
          "(?m)^\\s*@(?:[a-z]+\\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate"
              + "|Property|Example|FuzzTest)\\b");

  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  /** Files with tests below a repository that no runner picks up. */
  private static List<String> forgotten(Path repository) throws IOException {
    List<String> forgotten = new ArrayList<>();
    for (Path module : modules(repository)) {
      String pom = Files.readString(module.resolve("pom.xml"));
      boolean failsafe = pom.contains("<artifactId>maven-failsafe-plugin</artifactId>");
      try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          boolean run =
              SUREFIRE.matcher(name).matches() || failsafe && FAILSAFE.matcher(name).matches();
          if (!run && MARK.matcher(Files.readString(file)).find()) {
            forgotten.add(repository.relativize(file).toString());
          }
        }
      }
    }
    return forgotten;
  }

  private static List<Path> modules(Path repository) throws IOException {
    try (Stream<Path> folders = Files.list(repository)) {
      return folders
          .filter(
              f -> Files.exists(f.resolve("pom.xml")) && Files.exists(f.resolve("src/test/java")))
          .sorted()
          .toList();
    }
  }

  @Test
  void ofEveryModule() throws IOException {
    assertThat(modules(REPOSITORY)).hasSizeGreaterThanOrEqualTo(7);
    assertThat(forgotten(REPOSITORY)).isEmpty();
  }

  @Test
  void noModuleChangesWhatIsRun() throws IOException {
    List<Path> poms =
        new ArrayList<>(modules(REPOSITORY).stream().map(m -> m.resolve("pom.xml")).toList());
    poms.add(REPOSITORY.resolve("pom.xml"));
    for (Path pom : poms) {
      assertThat(Files.readString(pom))
          .as(pom.toString())
          .doesNotContain("<skipTests>", "<testExcludes>", "<excludedGroups>", "<excludedEngines>");
    }
  }

  @Test
  void aForgottenOneIsFound(@TempDir Path repository) throws IOException {
    Path tests = Files.createDirectories(repository.resolve("module/src/test/java"));
    Files.writeString(repository.resolve("module/pom.xml"), "<project/>");
    Files.writeString(
        tests.resolve("ReaderProperties.java"), "class R {\n  @Property\n  void p() {}\n}");
    Files.writeString(tests.resolve("SystemIT.java"), "class S {\n  @Test\n  void t() {}\n}");
    Files.writeString(tests.resolve("ReaderTest.java"), "class T {\n  @Test\n  void t() {}\n}");
    Files.writeString(tests.resolve("Inputs.java"), "class I {}");

    assertThat(forgotten(repository))
        .containsExactlyInAnyOrder(
            "module/src/test/java/ReaderProperties.java", "module/src/test/java/SystemIT.java");
  }
}
