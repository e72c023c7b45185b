package dev.whistler.operator.build;

import static dev.whistler.operator.Examples.diagnostic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.diagnostic.Code;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CompilerReasonTest {
  /** What the API server accepts as the reason of a condition. */
  @ParameterizedTest
  @EnumSource(Code.class)
  void everyCodeHasAReasonInTheFormOfKubernetes(Code code) {
    assertThat(CompilerReason.of(code)).matches("[A-Z][A-Za-z]{1,127}");
  }

  @Test
  void theFirstErrorGivesTheReasonNotAWarningBeforeIt() {
    assertThat(
            CompilerReason.of(
                List.of(
                    diagnostic(Code.W_SIGN, 1, 1, "signs differ"),
                    diagnostic(Code.E_TPFIELD, 2, 1, "no such field"),
                    diagnostic(Code.E_READ, 3, 1, "unbalanced"))))
        .isEqualTo("MissingTracepointField");
  }
}
