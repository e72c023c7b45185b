package dev.whistler.compiler.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole sources that hold a kernel side and the user-space program that drives it, as people write
 * them for Common Lisp: they compile as they are, with nothing but {@code W-IGNORED} and {@code
 * W-SECTION} (sections 3.3 and 15.4).
 */
class UserSpaceProgramsTest {
  private static final String TRACKER =
      """
      (asdf:load-system "whistler/loader")
      (cl:defpackage #:fork-lineage
        (:use #:cl #:whistler)
        (:shadowing-import-from #:whistler #:incf #:decf)
        (:local-nicknames (#:bpf #:whistler/loader)))
      (cl:in-package #:fork-lineage)

      (whistler:deftracepoint sched/sched-process-fork parent-pid child-pid)

      (cl:defvar *interval* 1)

      (defun show (parents)
        (dolist (entry (bpf:map-entries parents))
          (destructuring-bind (child . parent) entry
            (format t "~&~6d <- ~6d~%" parent child))))

      (defun run ()
        "Counts until interrupted."
        (whistler/loader:with-bpf-session ()
          (asdf:load-system "a-library")
          (bpf:map parents :type :hash :key-size 4 :value-size 4 :max-entries 8192)
          (bpf:prog note-fork (:type :tracepoint
                               :section "tracepoint/sched/sched_process_fork"
                               :license "GPL")
            (setf (getmap parents (tp-child-pid)) (tp-parent-pid))
            0)
          (bpf:attach note-fork)
          (format t "Tracing. Ctrl-C to end.~%")
          (handler-case
              (loop (sleep *interval*)
                    (show (bpf:map-ref parents)))
            (sb-sys:interactive-interrupt () (format t "~&bye~%")))))

      (run)
      """;

  private static final String CALLS =
      """
      (in-package #:whistler-user)
      (defmap calls :type :hash :key-type u32 :value-type u64 :max-entries 1024)
      (defprog count-call (:type :kprobe :section "uprobe/ffi_call" :license "GPL")
        (incf (getmap calls (cast u32 (>> (get-current-pid-tgid) 32))))
        0)

      (defun library () (or (sb-posix:getenv "LIBFFI") "/usr/lib/libffi.so.8"))

      (defun main (pid)
        (let ((object (compile-to-elf "/tmp/calls.o")))
          (bpf:with-bpf-object (o object)
            (bpf:attach-uprobe o "count_call" (library) "ffi_call" :pid pid)
            (loop repeat 10 do (sleep 1) (print (bpf:map-lookup o "calls" pid))))))

      (main (parse-integer (second sb-ext:*posix-argv*)))
      """;

  private static final String WRAPPED =
      """
      (defstruct event (pid u32) (comm (array u8 16)))
      (unless (find-package :whistler) (error "whistler is not loaded"))
      (let ((arguments *posix-argv*))
        (handler-case
            (with-bpf-session (:log t)
              (let ((seen 0))
                (bpf:map ring :type :ringbuf :max-entries 4096)
                (bpf:prog on-exec (:type :tracepoint :section "tp/sched/sched_process_exec")
                  (with-ringbuf (e ring (sizeof event))
                    (setf (event-pid e) (cast u32 (get-current-pid-tgid)))
                    (get-current-comm (event-comm-ptr e) 16))
                  0)
                (with-ringbuf-consumer (ring c) (incf seen))))
          (error (e) (format *error-output* "failed: ~a" e))))
      (with-decoding-ring-consumer (event ring) (print (event-record-pid event)))
      (sb-ext:exit :code 0)
      """;

  static List<Arguments> sources() {
    return List.of(
        Arguments.of("a session in a function that is called", TRACKER),
        Arguments.of("a probe without a file", CALLS),
        Arguments.of("a session inside other forms", WRAPPED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sources")
  void compilesAsItIs(String name, String source) {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText("t.lisp", source))
                .withKernel(new SampleKernel()));

    assertThat(result.diagnostics()).filteredOn(d -> d.severity() == Severity.ERROR).isEmpty();
    assertThat(result.diagnostics())
        .extracting(d -> d.code())
        .isSubsetOf(Code.W_IGNORED, Code.W_SECTION, Code.W_UNINIT, Code.W_MAPDEF)
        .contains(Code.W_IGNORED);
    assertThat(result.object().orElseThrow().programs()).hasSize(1);
  }
}
