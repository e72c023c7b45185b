package dev.whistler.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * docs/api.md says of conditions what the table says. After a change of the table run this test
 * with {@code -Dwhistler.approve=true} and look at the difference that it writes.
 */
final class ConditionsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "api.md");
  private static final String BEGIN =
      "<!-- conditions: from ConditionTable and NodeReasons, see ConditionsDocumentTest -->\n";
  private static final String END = "\n<!-- end of conditions -->";

  @Test
  void theConditionsAreThoseOfTheTable() throws IOException {
    String text = Files.readString(DOCUMENT);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertThat(end).as("end of the part about conditions").isGreaterThanOrEqualTo(begin);
    String conditions = ConditionsDocument.text();
    if (Boolean.getBoolean("whistler.approve")) {
      Files.writeString(DOCUMENT, text.substring(0, begin) + conditions + text.substring(end));
    }
    String now = Files.readString(DOCUMENT);
    assertThat(now.substring(now.indexOf(BEGIN) + BEGIN.length(), now.indexOf(END)))
        .isEqualTo(conditions);
  }
}
