package dev.whistler.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFormTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`  (let ((x (load u64 p 0))) x)` | 12 | (load u64 p 0)",
        "`  (incf (getmap m k))` | 3 | (incf (getmap m k))",
        "(when (= a b) | 1 | (when (= a b) …",
        "(f \"a ) b\" \\( x) y | 1 | (f \"a ) b\" \\( x)",
        "(+ pid 1) | 4 | pid",
        "(f x | 99 | (f x",
        "(f x ; (comment) | 1 | (f x …",
      })
  void theFormAtAColumn(String line, int column, String form) {
    assertThat(SourceForm.at(line, column)).isEqualTo(form);
  }
}
