package dev.whistler.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.testbed.bench.Statistics.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkDocumentTest {
  private static final String TEXT = "# T\n\n## A\n\nold\n\n### part\n\n## B\n\nkept\n";

  @Test
  void replacesASectionUpToTheNextHeading() {
    assertThat(BenchmarkDocument.replace(TEXT, "A", "new\n"))
        .isEqualTo("# T\n\n## A\n\nnew\n\n## B\n\nkept\n");
  }

  @Test
  void replacesTheLastSectionAndAppendsANewOne() {
    assertThat(BenchmarkDocument.replace(TEXT, "B", "new")).endsWith("\n## B\n\nnew\n");
    assertThat(BenchmarkDocument.replace(TEXT, "C", "new")).endsWith("kept\n\n## C\n\nnew\n");
  }

  @Test
  void summarises() {
    assertThat(Spread.of(new double[] {4, 1, 3, 2, 5})).isEqualTo(new Spread(3, 2, 4));
    assertThat(Statistics.geometricMean(List.of(0.5, 2.0))).isEqualTo(1);
  }
}
