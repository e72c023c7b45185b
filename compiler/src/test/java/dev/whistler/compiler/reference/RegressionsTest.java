package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that random testing found, each made as small as it got, with the defect's name. */
class RegressionsTest {
  @BeforeAll
  static void needsKernel() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to load programs");
  }

  private static void agrees(String program) {
    try (Comparison comparison = new Comparison()) {
      assertThat(
              comparison.compare(
                  ProgramGenerator.unit(Form.read(program)),
                  RandomProgramsTest.variants(0),
                  Comparison.countingPacket()))
          .isEqualTo(new Comparison.Verdict.Agreed());
    }
  }

  /** A block whose end was shared once was compared again as if it still went on to the same. */
  @Test
  void endSharedTwice() {
    agrees(
        "(let* ((v3) (v4 (logxor (setf v3 kn) 3))) (if v3 (setf (getmap ph 52) 41)"
            + " (unless v4 (if (setf v3 v4) (setf (getmap out 3) 6)))) v3)");
  }

  /** What was reserved in the body of the loop stayed reserved. */
  @Test
  void returnFromReservationInKernelLoop() {
    agrees("(bpf-loop (i 7) (with-ringbuf (e r (sizeof mix)) (return 4)))");
  }

  @Test
  void exitFromReservationInKernelLoop() {
    agrees(
        "(bpf-loop (i (load u8 d 9)) (with-ringbuf (e r (sizeof odd))"
            + " (setf (odd-a e) i) (when (= i 3) (loop-exit))))");
  }

  @Test
  void returnFromKernelLoopInReservation() {
    agrees(
        "(with-ringbuf (e r (sizeof mix)) (bpf-loop (i 7) (with-ringbuf (f r (sizeof odd))"
            + " (when (= i 2) (return 4)))))");
  }

  /** Copied out, as a real loop and through the loop helper, which a record lives across. */
  @ParameterizedTest
  @ValueSource(ints = {3, 64, 65, 2_000, 300_000})
  void returnFromLoopInReservation(int times) {
    agrees(
        "(with-ringbuf (e r (sizeof odd)) (dotimes (i "
            + times
            + ") (setf (odd-a e) i) (when (= i (load u8 d 9)) (return 4))))");
  }

  /** The kernel does not look at a callback that it knows is never called. */
  @Test
  void kernelLoopThatNeverRuns() {
    agrees(
        "(program (defun f (n) (bpf-loop (i n) (incf gw))) (let* ((v) (w))"
            + " (bpf-loop (i 49) (incf gw)) (cond ((f w)) ((f v)))))");
  }

  /** The bound of the index was dropped along with the bits of the element. */
  @Test
  void elementOfWhichNoBitIsWanted() {
    agrees("(let ((s (make-mix))) (cast u32 (<< (mix-w s (logand (load u32 d) 3)) 42)))");
  }

  /** Added to a number, a stack address lost its frame in the verifier's eyes. */
  @Test
  void elementOnTheStackOfAKernelLoop() {
    agrees("(bpf-loop (i 13) (let ((s (make-mix))) (setf (mix-tt s (load u32 d)) 44)) (return))");
  }

  @Test
  void elementOfARecordByAnIndexThatWasShifted() {
    agrees(
        "(let* ((v6) (v9 (setf v6 (>> v6 (load u16 d))))) (with-ringbuf (e4 r (sizeof mix))"
            + " (setf (mix-tt e4 v6) v6)))");
    agrees(
        "(program (defun f0 (a1 a2) (progn (setf a2 a1 a2 a2) (with-ringbuf (e4 r (sizeof mix))"
            + " (setf (mix-tt e4 a2) a2)))) (let* ((v6) (v9 (setf v6 (>> v6 (load u16 d)))))"
            + " (f0 v6 9)))");
    agrees(
        "(program (defun f0 (a1) (when-let ((p18 (map-lookup sa (logand a1 1)))"
            + " (p19 (map-lookup sa (logand a1 1)))) (mix-tt p19 a1)))"
            + " (let* ((v30) (v32 (>>> 1 (load i16 d)))) (f0 v32)))");
  }

  /** That it is inside is clear to us, and not to the verifier. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(/ (load u8 d 3) 37)",
        "(mod (load u8 d 3) 7)",
        "(>> (logand (load u8 d 3) 7) (logand (load u8 d 1) 7))",
        "(logior (logand (load u8 d) 3) (logand (load u8 d 1) 6))",
        "(* (logand (load u8 d) 1) (logand (load u8 d 1) 7))",
        "(>> (ntohs (load u16 d)) 13)",
        "(logand (/ (load u8 d 3) 37) 7)",
        "(cast u8 (/ (logand (load u64 d 8) 255) 37))"
      })
  void elementByAnIndexThatTheVerifierDoesNotFollow(String index) {
    agrees(
        "(with-ringbuf (e r (sizeof mix)) (setf (mix-tt e "
            + index
            + ") 5)) (let ((s (make-mix))) (setf (mix-tt s 2) 9) (+ (mix-tt s "
            + index
            + ") (mix-w s (mod (load u8 d 3) 3))))");
  }
}
