package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each struct offers at macro time (section 9.5). */
class MacroTimeRecordsTest {
  private static final String STRUCTS =
      """
      (declaim (allow W-RETVAL))
      (defstruct head (kind u8) (seq u32))
      (defstruct box (h head) (n i16) (name (array u8 4)) (deltas (array i32 2)))
      (defun octets () (vector 9 7 0 0 0 4 3 2 1 254 255 65 66 0 0 0 0 1 0 0 0 255 255 255 255))
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          (head-record-seq (decode-head (vector 7 0 0 0 4 3 2 1)))            | #x01020304
          (head-record-seq (decode-head (octets) 1))                          | #x01020304
          (head-record-seq (decode-head (list 7 0 0 0 255 255 255 255 99)))   | #xffffffff
          (head-record-kind (make-head-record :seq 5))                        | 0
          (length (encode-box (make-box-record)))                             | 24
          (aref (encode-head (make-head-record :kind 200 :seq 513)) 5)        | 2
          (box-record-n (decode-box (encode-box (make-box-record :n -2))))    | (- 0 2)
          (aref (box-record-name (decode-box (encode-box (make-box-record :name '(65 66))))) 1) | 66
          (head-record-seq (box-record-h (decode-box (encode-box (make-box-record :h (make-head-record :seq 9)))))) | 9
          """)
  void componentsAreReadAndWritten(String macroTime, String expected) {
    Analysis analysis = compiled(macroTime);
    assertThat(analysis.diagnostics()).isEmpty();
    assertThat(analysis.body()).isEqualTo(Analysis.of("(defprog p () " + expected + ")").body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          (head-record-seq (decode-head (vector 1 2 3 4 5 6 7)))   | E-DECODE
          (head-record-seq (decode-head (octets) 18))              | E-DECODE
          (head-record-seq (decode-head (octets) (ash 1 40)))      | E-DECODE
          (encode-head (make-head-record :kind 256))               | E-RANGE
          (encode-head (make-head-record :kind -1))                | E-RANGE
          (encode-box (make-box-record :n 32768))                  | E-RANGE
          (encode-box (make-box-record :name '(1 2 3 4 5)))        | E-RANGE
          (make-head-record :knd 1)                                | E-FIELD
          (head-record-knd (make-head-record))                     | E-FIELD
          (make-head-record :kind)                                 | E-ARITY
          (box-record-n (make-head-record))                        | E-MACRO
          (decode-head (vector 1 2 3 4 5 6 7 300))                 | E-MACRO
          (decode-nosuch (octets))                                 | E-UNKNOWN
          """)
  void mistakesHaveTheirCodes(String macroTime, String code) {
    assertThat(compiled(macroTime).codes()).containsExactly(code);
  }

  private static Analysis compiled(String macroTime) {
    return Analysis.of(STRUCTS + "(defmacro m () " + macroTime + ")\n(defprog p () (m))");
  }
}
