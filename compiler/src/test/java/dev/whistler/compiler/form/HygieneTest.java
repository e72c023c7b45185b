package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that forms and macros bind for themselves are nobody else's (section 18.6, gensym). */
class HygieneTest {
  private static final String CONSTANTS =
      """
      (defconstant base 9) (defconstant i 9) (defconstant count 9) (defconstant copy 9)
      (defconstant value 9) (defconstant element 9) (defconstant x0 9) (defconstant record 9)
      (defstruct rec (a u64))
      (defmap m :type :array :key-type u32 :value-type u64 :max-entries 1)
      (defmacro twice (form) (let ((x (gensym "x"))) `(let ((,x ,form)) (+ ,x ,x))))
      (defmacro below-three (form) (let ((x (gensym "x"))) `(let ((,x ,form)) (< ,x 3))))
      """;

  private static Analysis program(String body) {
    return Analysis.of(CONSTANTS + "(defprog p (:type :xdp) " + body + " 0)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(do-user-ptrs (v 4096 3 8) (setf (getmap m 0) v))",
        "(do-user-ptrs (v 4096 3 8 :index n) (setf (getmap m 0) (+ v n)))",
        "(do-user-array (v u32 4096 3 8) (setf (getmap m 0) v))",
        "(do-user-array (v rec 4096 3 8 :index n) (setf (getmap m 0) (+ n (rec-a v))))",
        "(let ((r (make-rec))) (fill-process-info r :pid-field rec-a) (setf (getmap m 0) (rec-a"
            + " r)))",
        "(incf (getmap m 0))",
        "(setf (getmap m 0) (twice (get-prandom-u32)))",
        "(dotimes (n 3) (setf (getmap m 0) (or (getmap m 0) n)))"
      })
  void aConstantOfTheSameNameIsNotInTheWay(String form) {
    assertThat(program(form).diagnostics()).isEmpty();
  }

  @Test
  void aLocalMacroOfTheSameNameIsNotInTheWay() {
    String loop = "(do-user-array (v rec 4096 3 8) (setf (getmap m 0) (rec-a v)))";
    assertThat(program("(macrolet ((make-rec () 5)) " + loop + ")").body())
        .isEqualTo(program(loop).body());
  }

  /** Whatever a source may define under a name that a template uses. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(defglobal NAME u64 7)",
        "(defglobal NAME (array u64 4))",
        "(defun NAME (x) (+ x 1))",
        "(defmacro NAME (&rest forms) 7)",
        "(define-symbol-macro NAME 7)",
        "(defstruct NAME (a u64))",
        "(defmap NAME :type :array :key-type u32 :value-type u64 :max-entries 1)"
      })
  void whatASourceDefinesUnderTheNameOfAVariableIsNotInTheWay(String definition) {
    String start =
        """
        (defstruct rec (a u64) (b u64))
        (defmap m :type :array :key-type u32 :value-type u64 :max-entries 1)
        """;
    String forms =
        """
        (defprog p (:type :xdp)
          (do-user-ptrs (v 4096 3 8 :index n) (setf (getmap m 0) (+ v n)))
          (do-user-array (v rec 4096 3 8) (setf (getmap m 0) (rec-a v)))
          (let ((r (make-rec)))
            (fill-process-info r :pid-field rec-a :timestamp-field rec-b)
            (setf (getmap m 0) (rec-a r)))
          0)
        """;
    String expected = Analysis.of(start + forms).body();
    for (String name : List.of("base", "count", "i", "copy", "record")) {
      Analysis analysis = Analysis.of(start + definition.replace("NAME", name) + forms);
      assertThat(analysis.diagnostics()).isEmpty();
      assertThat(analysis.body()).isEqualTo(expected);
    }
  }

  @Test
  void aVariableOfAMacroIsNotTheConstantThatPrintsAlike() {
    assertThat(program("(setf (getmap m 0) (below-three 1))").body())
        .contains("let x0 = 1 in (x0 less 3)");
  }

  @Test
  void anotherSymbolsConstantIsUnknown() {
    assertThat(
            Analysis.of(
                    CONSTANTS
                        + "(defmacro odd () (make-symbol \"base\"))"
                        + "(defprog p (:type :xdp) (odd))")
                .codes())
        .containsExactly("E-UNBOUND");
  }

  @Test
  void aMacroMayDefineConstantsUnderASymbolOfItsOwn() {
    Analysis analysis =
        Analysis.of(
            CONSTANTS
                + """
                (defmacro sized (name)
                  (let ((size (gensym "x")))
                    `(progn
                       (defconstant ,size 4)
                       (defmap ,name :type :array :key-type u32 :value-type u64 :max-entries ,size)
                       (defprog p (:type :xdp) ,size))))
                (sized table)
                """);
    assertThat(analysis.diagnostics()).isEmpty();
    assertThat(analysis.body()).isEqualTo("4");
    assertThat(analysis.unit().maps().getLast().maxEntries()).isEqualTo(4);
    assertThat(analysis.unit().constants()).containsEntry("x0", 9L);
  }
}
