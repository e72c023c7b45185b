package dev.whistler.compiler.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.reader.Reader;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.MalformedTextException;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.unit.UnitFixture;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Arbitrary bytes as source. Any exception is a finding. Without {@code JAZZER_FUZZ=1} only the
 * empty input and the saved inputs run.
 */
class FrontEndFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void reader(byte[] bytes) {
    try {
      SourceText source = SourceText.decode("f", bytes);
      Diagnostics diagnostics = new Diagnostics(false, Set.of());
      new Reader(new SymbolTable(), Set.of("whistler"), diagnostics).read(source);
    } catch (MalformedTextException e) {
      // Said with a position: what E-READ is made of.
    }
  }

  @FuzzTest(maxDuration = "5m")
  void macroStage(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    UnitFixture.of(text).expanded();
    // As the body of a macro, where more of the text is evaluated.
    UnitFixture.of("(defmacro m (&rest r) " + text + ")\n(defprog p () (m 1 (2 \"x\") :k))")
        .expanded();
  }
}
