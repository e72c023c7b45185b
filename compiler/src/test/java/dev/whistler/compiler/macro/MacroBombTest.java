package dev.whistler.compiler.macro;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whistler.compiler.unit.UnitFixture;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sources that try to use up the compiler's time or memory (sections 18.10 and 22). */
class MacroBombTest {
  private static final long MOST_ALLOCATED = 1L << 30;

  private static final String USE = "\n(defprog p () (m))";

  static Stream<String> bombs() {
    return Stream.of(
            "(loop)",
            "(loop while t)",
            "(do () (nil))",
            "(tagbody x (go x))",
            "(labels ((f () (f))) (f))",
            "(labels ((f (n) (+ 1 (f n)))) (f 1))",
            "(labels ((f (n) (list (f n) (f n)))) (f 1))",
            "(let ((l nil)) (loop (push 1 l)))",
            "(let ((l nil)) (loop (setq l (list l l))))",
            "(let ((l (list 1))) (setf (cdr l) l) (length l))",
            "(let ((l (list 1))) (setf (cdr l) l) l)",
            "(let ((l (list 1))) (setf (car l) l) l)",
            "(let ((l (list 1))) (setf (cdr l) l) (equal l (copy-list l)))",
            "(let ((l (list 1))) (setf (cdr l) l) (format nil \"~A\" l))",
            "(let ((l (list 1))) (setf (car l) l) (error \"~A\" l))",
            "(let ((l (list 1))) (setf (cdr l) l) (mapcar #'identity l))",
            "(let ((l (list 1))) (setf (cdr l) l) (sort l #'<))",
            "(let ((l (list 1))) (setf (cdr l) l) (apply #'list l))",
            "(let ((x 2)) (loop (setq x (* x x))))",
            "(expt 2 1000000000000)",
            "(expt 3 100000000)",
            "(ash 1 1000000000)",
            "(ash 1 (ash 1 4000))",
            "(let ((s \"x\")) (loop (setq s (concatenate 'string s s))))",
            "(let ((s \"x\")) (loop (setq s (format nil \"~A~A\" s s))))",
            "(format nil \"~999999999A\" 1)",
            "(format nil \"~100000%\")",
            "(format nil \"~{~}\" '(1))",
            "(format nil \"~V@A\" 999999999 1)",
            "(make-array 1000000000)",
            "(make-list 1000000000)",
            "(make-list (ash 1 100))",
            "(let ((h (make-hash-table))) (loop for i from 0 do (setf (gethash i h) i)))",
            "(loop for i from 0 collect (intern (format nil \"s~D\" i)))",
            "(loop (gensym \"" + "x".repeat(1000) + "\"))",
            "(let ((v (vector))) (loop (vector-push-extend v v)))",
            "(handler-case (loop) (error () 1))",
            "(ignore-errors (loop (ignore-errors (error \"x\"))))",
            "(unwind-protect (loop) (loop))",
            "(loop (format t \"spam~%\"))",
            "(loop (warn \"spam\"))",
            "`(m)",
            "`(progn (m) (m))",
            "`(let ((x (m))) x)",
            "`(a ,@(make-list 200000))",
            "(let ((f nil)) (dotimes (i 5000) (setq f (list f))) f)",
            "(let ((f 1)) (dotimes (i 1500) (setq f `(+ ,f (m)))) f)",
            "(macrolet ((n () '(n))) (n))",
            "(symbol-macrolet ((a a)) a)",
            "(let ((f nil)) (dotimes (i 5000) (setq f (list 'progn f))) (eval f))",
            "(let ((f nil)) (dotimes (i 1900) (setq f (list 'quote f))) (copy-tree f))",
            "(reduce #'append (loop repeat 5000 collect (make-list 300)))",
            "(remove-duplicates (loop for i below 100000 collect i))",
            "(union (loop for i below 5000 collect i) (loop for i from 9000 below 15000 collect"
                + " i))",
            "(sort (loop for i below 400000 collect i) (lambda (a b) (loop)))",
            "(let ((k '(a))) (dotimes (i 40) (setq k (cons k k))) (equal k (copy-tree k)))",
            "(let ((k '(a))) (dotimes (i 40) (setq k (cons k k))) (subst 1 2 k))",
            "(let ((k '(a))) (dotimes (i 40) (setq k (cons k k))) (prin1-to-string k))",
            "(let ((k '(a))) (dotimes (i 40) (setq k (cons k k))) k)",
            "(let ((h (make-hash-table :test 'equal)) (k 1)) (dotimes (i 40) (setq k (cons k k)))"
                + " (dotimes (i 9) (setf (gethash (cons i k) h) 1)) (gethash (copy-tree k) h))")
        .map(body -> "(defmacro m () " + body + ")" + USE);
  }

  static Stream<String> others() {
    return Stream.of(
        "(defmacro a () '(b)) (defmacro b () '(a)) (defprog p () (a))",
        "(defmacro a (x) `(progn (a ,x) (a ,x))) (defprog p () (a 1))",
        "(defmacro a () '(progn (a))) (a)",
        "(define-symbol-macro x (+ x 1)) (defprog p () x)",
        "(defmacro a (&optional (x (loop))) x) (defprog p () (a))",
        "(defmacro a (&aux (x (loop))) x) (defprog p () (a))",
        "(defun f () (f)) (f)",
        "(let ((f nil)) (dotimes (i 1900) (setq f (list 'progn f))) (eval f))",
        "(let ((f nil)) (dotimes (i 1900) (setq f (list 'car f))) (eval f))",
        "(let ((f nil)) (dotimes (i 1900) (setq f (list 'quote f))) (eval f) (error \"x\"))",
        "(defun f (n) (mapcar (lambda (x) (f (list x))) n)) (f '(1))",
        "(defun f (n) (reduce (lambda (a b) (f (list a b))) n :key #'identity)) (f '(1 2))",
        "(defun f (n) (sort n (lambda (a b) (f (list a b))))) (f '(1 2))",
        "(defun f (n) (handler-case (let* ((x (f n))) x) (error () (f n)))) (f 1)",
        "(defun f (n) (destructuring-bind (a) (list n) (block b (when t (cond ((f a) 1)))))) (f 1)",
        "(defun f (n) (loop for x in (list n) when (f x) collect it)) (f 1)",
        "(defparameter *x* (loop))",
        "(defconstant c (loop))",
        "(defmacro a (&rest r) `(a ,@r ,@r)) (defprog p () (a 1 2 3))");
  }

  /**
   * What the budgets of section 18.10 bound is the work, so this is counted and not the time: bytes
   * that the compilation allocates, of which most are garbage at once.
   */
  @ParameterizedTest
  @MethodSource({"bombs", "others"})
  void isRefusedWithLittleWorkOnASmallStack(String source) throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<UnitFixture> done = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    AtomicLong allocated = new AtomicLong();
    Thread thread =
        new Thread(
            null,
            () -> {
              UnitFixture unit = UnitFixture.of(source);
              unit.expanded();
              done.add(unit);
              allocated.set(threads.getCurrentThreadAllocatedBytes());
            },
            "bomb",
            1 << 20);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
    thread.start();
    thread.join(Duration.ofMinutes(3));

    assertThat(thread.isAlive()).as("still busy with " + source).isFalse();
    assertThat(failures).isEmpty();
    assertThat(done).hasSize(1);
    assertThat(done.getFirst().diagnostics()).isNotEmpty().anyMatch(text -> text.startsWith("E-"));
    assertThat(allocated.get()).as("bytes for " + source).isPositive().isLessThan(MOST_ALLOCATED);
  }
}
