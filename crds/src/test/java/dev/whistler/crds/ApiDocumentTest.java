package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * docs/api.md describes the kinds as their CRDs are. After a change of the types run this test with
 * {@code -Dwhistler.approve=true} and look at the difference that it writes.
 */
final class ApiDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "api.md");
  private static final String BEGIN = "<!-- kinds: from the CRDs, see ApiDocumentTest -->\n";
  private static final String END = "\n<!-- end of kinds -->";

  @Test
  void theKindsAreThoseOfTheCrds() throws IOException {
    String text = Files.readString(DOCUMENT);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertThat(end).as("end of the part about kinds").isGreaterThanOrEqualTo(begin);
    String kinds = ApiDocument.kinds();
    if (Boolean.getBoolean("whistler.approve")) {
      Files.writeString(DOCUMENT, text.substring(0, begin) + kinds + text.substring(end));
    }
    String now = Files.readString(DOCUMENT);
    assertThat(now.substring(now.indexOf(BEGIN) + BEGIN.length(), now.indexOf(END)))
        .isEqualTo(kinds);
  }
}
