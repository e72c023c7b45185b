package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A macro runs once for each place where it is used, however often the body around it is analyzed:
 * here a variable that is 0 at first and an address later makes the compiler begin anew.
 */
class ExpandedOnceTest {
  private static final String DEFINITIONS =
      """
      (defvar *n* 0)
      (defmacro next () (incf *n*))
      (defmacro next-symbol () 'next-value)
      (defmacro both (a b) `(+ (* 16 ,a) ,b))
      (defmacro in-list () (incf *n*) '(getmap m 1))
      (define-symbol-macro next-value (next))
      (define-symbol-macro also-next next-value)
      (defstruct pair (a u64) (b u64))
      (defmap m :type :array :key-type u32 :value-type u64 :max-entries 4)
      (defun stored (v) (setf (getmap m 2) (+ v next-value)))
      (defun constant-block () (let ((b (struct-alloc (* 8 next-value)))) (load u64 b 0)))
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(next) | 1",
        "next-value | 1",
        "also-next | 1",
        "(next-symbol) | 1",
        "(symbol-macrolet ((k (next))) k) | 1",
        "(symbol-macrolet ((k (next))) (symbol-macrolet ((j k)) j)) | 1",
        "(symbol-macrolet ((k next-value)) (+ k (load u64 p))) | 1",
        "(macrolet ((k () '(next))) (k)) | 1",
        "(macrolet ((k () 'next-value)) (k)) | 1",
        "(symbol-macrolet ((k (next))) (both k k)) | 18",
        "(both next-value next-value) | 18",
        "(both (next) next-value) | 18",
        "(both (next-symbol) (next-symbol)) | 18",
        "(let ((y next-value)) (incf y next-value) y) | 3",
        "(let ((b (make-pair))) (symbol-macrolet ((f (pair-a b)))"
            + " (setf f (next)) (incf f next-value) f)) | 3",
        "(progn (setf (in-list) 7) (+ (getmap m 1) next-value)) | 9",
        "(progn (incf (in-list) next-value) (+ (getmap m 1) (next))) | 5",
        "(progn (stored 1) (+ (getmap m 2) next-value)) | 4",
        "(let ((b (struct-alloc (* 8 next-value)))) (+ (load u64 b 0) next-value)) | 2",
        "(let ((z u16 next-value)) (case z (1 next-value) (t 0))) | 2",
        "(let ((z 0)) (dotimes (i 3) (incf z next-value)) z) | 3"
      })
  void eachUseOnce(String expression, int value) {
    String source =
        DEFINITIONS
            + "(defprog v (:type :xdp) (let ((p (struct-alloc 8)) (x 0)) (setf (getmap m 0) "
            + expression
            + ") (setf x (map-lookup m 0)) (if x (load u64 x 0) 99)))";
    var unit = Compilation.analyze(source);
    Outcome outcome = new Interpreter(unit, new byte[64]).run(unit.programs().getFirst());

    assertThat(outcome.result()).isEqualTo(value);
  }
}
