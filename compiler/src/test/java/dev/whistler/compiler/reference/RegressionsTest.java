package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.emit.KernelRunner;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that random testing found, each made as small as it got, with the defect's name. */
class RegressionsTest {
  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
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

  /** What all 64 bits told was taken for an answer about the low 32. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // The low half of the word at 0 is #x03020100, the word is not.
        "(let ((x (load u64 d 0)) (y 1)) (when (/= x #x3020100) (setf y 2))"
            + " (if (= (cast u32 x) #x3020100) y 7))",
        "(let ((x (load u64 d 0)) (y 1)) (unless (= x #x3020100) (setf y 2))"
            + " (if (/= (cast i32 x) #x3020100) 7 y))",
        "(let ((x (load u64 d 0)) (y 1)) (when (= (cast u32 x) #x3020100) (setf y 2))"
            + " (if (= x #x3020100) y 7))",
        "(let ((x (load u64 d 0)) (y 1)) (when (> x 1000000000) (setf y 2))"
            + " (if (< (cast u32 x) 1000000000) y 7))",
        "(let ((x (load u64 d 0)) (y 1)) (when (/= x #x3020100) (setf y 2))"
            + " (if (= (cast u16 x) 256) y 7))",
        "(let ((x (load u64 d 0))) (when (/= x #x3020100)"
            + " (when (= (cast u32 x) #x3020100) (return 9))) 3)",
        "(let ((x (load u64 d 0)) (w (logior (load u64 d 0) 0)) (y 1))"
            + " (when (/= x (cast u32 w)) (setf y 2)) (if (= (cast u32 x) (cast u32 w)) y 7))"
      })
  void testsOfOneValueAtTwoWidths(String program) {
    agrees(program);
  }

  /** The second test was made again, where what the first one led to was forgotten. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(when (= p 6) READ)",
        "(unless (/= p 6) READ)",
        "(when (= 6 (cast u32 p)) READ)",
        "(when (and (= p 6) (> (load u8 d 3) 1)) READ)",
        "(when (or (= p 6) (= p 6)) READ)",
        "(cond ((= p 17) (return 3)) ((= p 6) READ))",
        "(case p (17 (return 3)) (6 READ))",
        "(incf (getmap m8 p)) (when (= p 6) READ) (setf q (getmap m8 p))",
        "(with-ringbuf (r0 r (sizeof odd)) (setf (odd-a r0) 1)"
            + " (when (= p 6) (setf (odd-b r0) (load u8 d 47))))",
        "(when (= (getmap a4 1) 0) (setf q 5) (when (= p 6) (incf (getmap m8 3)) READ))",
        "(let ((x (load u8 d 30))) (when (= p 6) READ) (return (+ x 1)))",
        "(let ((x (load u8 d 30)) (y (load u16 d 12))) (incf gw x) (when (= p 6) READ)"
            + " (return (+ x y)))",
        "(setf q 4) (when (= p 6) READ) (return q)"
      })
  void lengthCheckedUnderAConditionThatIsTestedAgain(String second) {
    for (int protocol : new int[] {6, 17, 23}) {
      String source =
          ProgramGenerator.DEFINITIONS
              + "(defprog v (:type :xdp) (with-packet (d e :min-len 38) (let ((p (load u8 d "
              + protocol
              + ")) (q 0)) (when (and (= p 6) (> (+ d 54) e)) (return 1)) "
              + second.replace("READ", "(return (load u8 d 47))")
              + " q)) 2)";
      try (Comparison comparison = new Comparison()) {
        assertThat(
                comparison.compare(
                    source,
                    List.of(1, 2, 3, 4).stream().map(Compilation::options).toList(),
                    Comparison.countingPacket()))
            .isEqualTo(new Comparison.Verdict.Agreed());
      }
    }
  }

  /** A stored value survived a helper that wrote it through another name of the place. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // A copy as a number that may stand for one block or the other.
        "(let ((a (cast u64 s))) (when (load u8 d 1) (setf a (cast u64 o)))"
            + " (when (= (load u8 d 2) 2) (setf a (cast u64 s))) WRITE READ)",
        "(let ((a (if (= (load u8 d 2) 2) s o))) WRITE READ)",
        "(let ((a (if (= (load u8 d 2) 2) (cast u64 s) (cast u64 o)))) WRITE READ)",
        "(let ((a (if (= (load u8 d 2) 2) (+ (cast u64 s) 0) (+ (cast u64 o) 0)))) WRITE READ)",
        "(let ((a (as-odd (if (= (load u8 d 2) 2) (cast u64 s) (cast u64 o))))) WRITE READ)",
        "(let ((a s)) (setf a (if (= (load u8 d 2) 2) a o)) WRITE READ)",
        "(when-let ((v (map-lookup sa 1)) (w (map-lookup sa 1))) (setf (mix-s v) 5)"
            + " (let ((a (if (= (load u8 d 2) 2) v s))) WRITE READ (mix-s w)))",
        // A copy that was kept in memory.
        "(progn (store u64 o 0 (cast u64 s)) (let ((a (load u64 o 0))) WRITE READ))",
        "(let ((a (ctx u32 0))) (store u64 o 0 (cast u64 s)) (setf (getmap out 0) 1)"
            + " (probe-read-kernel (load u64 o 0) 8 77) READ)",
        // A variable in memory, and a loop that writes.
        "(let ((a (cast u64 s))) (bpf-loop (i 2) (store u64 a 0 i)) READ)",
        "(let ((a (cast u64 s))) (when (load u8 d 1) (setf a (cast u64 o)))"
            + " (when (= (load u8 d 2) 2) (setf a (cast u64 s)))"
            + " (bpf-loop (i 2) (store u64 a 0 9)) READ)",
        "(program (defun f (q) (store u64 q 0 9) (store u64 q 0 8)) (let ((s (struct-alloc 8)))"
            + " (store u64 s 0 5) (f (cast u64 s)) READ))"
      })
  void writesThroughOtherNames(String shape) {
    for (String write :
        new String[] {
          "(probe-read-kernel a 8 77)",
          "(probe-read-user a 8 77)",
          "(store u64 a 0 77)",
          "(atomic-add a 0 3)",
          "(memset a 0 1 8)"
        }) {
      String body =
          shape
              .replace("WRITE", write)
              .replace(
                  "READ", "(setf (getmap out 1) (load u64 s 0) (getmap out 2) (load u32 s 4)) 1");
      agrees(
          body.startsWith("(program")
              ? body
              : "(let ((s (struct-alloc 8)) (o (struct-alloc 8))) (store u64 s 0 5)"
                  + " (store u64 o 0 6) "
                  + body
                  + ")");
    }
  }

  /** What stood in memory was thought overwritten, although another name still led to it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(let ((a (cast u64 s))) (store u64 s 0 5) (when (load u8 d 1) (setf a (cast u64 o)))"
            + " (setf (getmap out 1) (load u64 a 0)) (store u64 s 0 7) (load u64 s 0))",
        "(progn (store u64 s 0 5) (store u64 o 0 (cast u64 s))"
            + " (setf (getmap out 1) (load u64 (load u64 o 0) 0)) (store u64 s 0 7) (load u64 s 0))",
        "(progn (store u64 s 0 5) (setf (getmap m8 (if (load u8 d) 1 2)) (load u64 s 0))"
            + " (probe-read-kernel s 4 77) (load u64 s 0))",
        "(progn (store u64 s 0 -1) (probe-read-kernel (+ s 2) 3 77) (load u64 s 0))"
      })
  void readsThroughOtherNames(String body) {
    agrees("(let ((s (struct-alloc 8)) (o (struct-alloc 8))) " + body + ")");
  }

  /** More changes of the context in one block than a scope had room for. */
  @Test
  void constantsFromFarAway() {
    agrees(
        "(let ((s (struct-alloc 8))) (store u64 s 0 5) (if (= (load u8 d 1) 77)"
            + " (load u8 (+ s 4) (- 0 4)) (load u8 (- s -7))))");
  }

  /** Negative results of map operations are words, also of the few that may return 32 bits. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(setmap m8 1 8 BPF_EXIST)",
        "(remmap m8 99)",
        "(map-delete m8 99)",
        "(map-update m8 99 1 BPF_EXIST)",
        "(map-update-elem m8 99 1 BPF_EXIST)",
        "(map-delete-elem m8 99)"
      })
  void resultsOfMapOperations(String operation) {
    agrees(
        "(let ((r "
            + operation
            + ")) (setf (getmap out 0) r (getmap out 1) (s< r 0) (getmap out 2) (< r 4294967296))"
            + " (when (= r -2) (incf gw)) (when "
            + operation
            + " (incf gw 2)) r)");
  }
}
