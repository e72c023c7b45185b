package dev.whistler.e2e.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.testbed.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A deliberate defect that fits nowhere any more would be found out in the long form only. */
final class DefectsTest {

  private static final Path ROOT = Repository.find().root();

  static Stream<List<String>> defects() throws IOException {
    return Arrays.stream(Files.readString(ROOT.resolve(".ci/defects.txt")).split("\n\\s*\n"))
        .map(block -> block.lines().filter(line -> !line.startsWith("#")).toList())
        .filter(lines -> !lines.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("defects")
  void fitsWhereItIsPlanted(List<String> defect) throws IOException {
    assertThat(defect).hasSize(4);
    String source = Files.readString(ROOT.resolve(defect.get(1)));
    assertThat(occurrences(source, defect.get(2))).as(defect.get(2)).isEqualTo(1);
    assertThat(defect.get(3)).isNotEqualTo(defect.get(2));
  }

  @ParameterizedTest
  @MethodSource("defects")
  void isNoticedByATestThatIsThere(List<String> defect) throws IOException {
    String[] test = defect.getFirst().split("#");
    List<Path> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("e2e/src/test/java"))) {
      files.filter(file -> file.endsWith(test[0] + ".java")).forEach(classes::add);
    }
    assertThat(classes).hasSize(1);
    assertThat(Files.readString(classes.getFirst())).contains("void " + test[1] + "(");
  }

  private static int occurrences(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      count++;
    }
    return count;
  }
}
