package dev.whistler.compiler.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.DatumText;
import dev.whistler.compiler.reader.ProperList;
import org.junit.jupiter.api.Test;

class UnitProcessorTest {
  @Test
  void definitionsAreHandedOverInOrderThroughPrognEvalWhenAndMacros() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (in-package #:my.package)
            "a string is ignored"
            (progn (defmap a :type :hash) (defmap b :type :array))
            (eval-when (:compile-toplevel) (defstruct s (x u32)))
            (defmacro two (n) `(progn (defmap ,n :type :hash) (defconstant ,(intern (format nil "+~A+" n)) 2)))
            (two m)
            (asdf:load-system :whatever)
            """);

    assertThat(unit.diagnostics()).isEmpty();
    assertThat(unit.expanded())
        .containsExactly(
            "(defmap a :type :hash)",
            "(defmap b :type :array)",
            "(defstruct s (x u32))",
            "(defmap m :type :hash)",
            "(defconstant +m+ 2)");
  }

  @Test
  void macroExampleOfTheSpecification() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defmacro port-in (port &rest ports)
              (with-gensyms (p)
                `(let ((,p ,port)) (or ,@(mapcar (lambda (x) `(= ,p ,x)) (sort ports #'<))))))
            (defprog f () (port-in (load u16 x) 443 80))
            """);

    assertThat(unit.expanded())
        .containsExactly("(defprog f nil (let ((p0 (load u16 x))) (or (= p0 80) (= p0 443))))");
  }

  @Test
  void localMacrosWrapBodyForms() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defprog f ()
              (macrolet ((twice (x) `(+ ,x ,x)))
                (symbol-macrolet ((here (ctx u32 0)))
                  (twice here))))
            """);

    assertThat(unit.expanded())
        .containsExactly(
            "(defprog f nil (macrolet (symbol-macrolet (+ (ctx u32 0) (ctx u32 0)))))");
  }

  @Test
  void aFormMadeByAMacroHasTheRangeOfTheArgumentItCameFrom() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defmacro outer (x) `(inner (list ,x unknown-here)))
            (defmacro inner (y) `(use ,y))
            (defprog f () (outer (bad 1)))
            """);
    var program = unit.definitions().getFirst();
    var call = (Cons) ProperList.elements(program.form()).orElseThrow().get(3);

    var first = unit.expander().expand(call, program.context());
    var second = unit.expander().expand((Cons) first.form(), first.context());
    var use = ProperList.elements(second.form()).orElseThrow();
    var argument = ProperList.elements(use.get(1)).orElseThrow();

    var written = second.context().originOf(argument.get(1));
    assertThat(written.range().toString()).isEqualTo("t.w:3:22-3:29");
    var template = second.context().originOf(argument.get(2));
    assertThat(template.range().toString()).isEqualTo("t.w:3:15-3:30");
    assertThat(template.expansion()).extracting("macro").containsExactly("inner", "outer");
    assertThat(template.line().toString()).isEqualTo("t.w:3:15-3:30");
    assertThat(template.expansion().getFirst().definition().toString()).isEqualTo("t.w:2:1-2:31");
  }

  @Test
  void errorsOfMacrosNameTheChain() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defmacro check (x) (error "~A is odd" x))
            (defmacro outer (x) `(check ,x))
            (outer 3)
            (defmacro m (a b) a)
            (m 1)
            """);

    assertThat(unit.diagnostics())
        .containsExactly(
            "E-MACRO 3:1-3:10 3 is odd < check < outer",
            "E-ARITY 5:1-5:6 the operands of m do not fit (a b) < m");
    assertThat(unit.rawDiagnostics().getFirst().notes())
        .singleElement()
        .satisfies(note -> assertThat(note.range().toString()).isEqualTo("t.w:1:21-1:42"));
  }

  @Test
  void reservedNamesCannotBeRedefined() {
    assertThat(UnitFixture.of("(defmacro when (x) x)").diagnostics())
        .containsExactly("E-NAME 1:11-1:15 when is a built-in operator and cannot be defined");
    assertThat(UnitFixture.of("(defun .f () 1)").diagnostics())
        .containsExactly("E-NAME 1:8-1:10 names that start with a dot are reserved");
    assertThat(UnitFixture.of("(defmacro m () 1) (defmacro m () 2)").diagnostics())
        .containsExactly("W-REDEF 1:19-1:36 macro m replaces an earlier definition");
  }

  @Test
  void unknownTopLevelFormsGetNearMatches() {
    UnitFixture unit = UnitFixture.of("(defporg f ())");

    assertThat(unit.diagnostics())
        .containsExactly("E-TOPLEVEL 1:1-1:15 there is no top-level form or function defporg");
    assertThat(unit.rawDiagnostics().getFirst().hint()).startsWith("did you mean defprog");
  }

  @Test
  void userSpaceCodeDoesNoHarm() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defun main () (with-bpf-object (o "x.o") (frob o)))
            (main)
            (bpf:attach prog)
            (attach-xdp "eth0")
            (with-bpf-object (o "x.o") 1)
            (compile-to-elf "x.o")
            """);

    assertThat(unit.diagnostics())
        .containsExactly(
            "W-IGNORED 2:1-2:7 this form runs a form of the loader that exists only in user space",
            "W-IGNORED 3:1-3:18 attach belongs to user space and has no effect here",
            "W-IGNORED 4:1-4:20 attach-xdp belongs to user space and has no effect here",
            "W-IGNORED 5:1-5:30 with-bpf-object belongs to user space and has no effect here",
            "W-IGNORED 6:1-6:23 compile-to-elf belongs to user space and has no effect here");
  }

  @Test
  void sessionsGiveTheirKernelSide() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defun run ()
              (with-bpf-session ()
                (bpf:map counts :type :hash)
                (bpf:prog p (:type :xdp) XDP_PASS)
                (bpf:attach p "eth0")))
            """);

    assertThat(unit.expanded())
        .containsExactly("(defmap counts :type :hash)", "(defprog p (:type :xdp) xdp_pass)");
    assertThat(unit.diagnostics())
        .containsExactly("W-IGNORED 5:5-5:26 this form of the session belongs to user space");
  }

  /** A top-level form that reaches what macro time does not have is left, whatever it reached. */
  @Test
  void userSpaceIsLeftWhereItBegins() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defun pid () (parse-integer (second sb-ext:*posix-argv*)))
            (defun run (x) (sleep x) (setf (sb-alien:slot x 'a) 1))
            (defun place (x) (setf (sb-alien:slot x 'a) 1))
            (defun safely () (handler-case (run 1) (sb-sys:interactive-interrupt () 0)))
            (pid)
            (run (pid))
            (run 1)
            (run *posix-argv*)
            (place 1)
            (safely)
            (when (pid) (run 2))
            (let ((argument (second *posix-argv*))) (run argument))
            (sb-ext:exit :code 0)
            (uiop:quit)
            (defmap m :type :hash)
            """);

    assertThat(unit.expanded()).containsExactly("(defmap m :type :hash)");
    assertThat(unit.diagnostics())
        .hasSize(10)
        .allMatch(text -> text.startsWith("W-IGNORED"))
        .anyMatch(text -> text.endsWith("this form uses a variable that exists only in user space"))
        .anyMatch(
            text -> text.endsWith("this form calls a function that exists only in user space"))
        .anyMatch(text -> text.endsWith("exit belongs to user space and has no effect here"));
    assertThat(unit.rawDiagnostics().getFirst().hint())
        .startsWith("there is no macro-time variable *posix-argv*");
  }

  @Test
  void whatIsMissingAtTheHeadIsStillAnError() {
    assertThat(UnitFixture.of("(defporg f () (undefined 1))").diagnostics())
        .containsExactly("E-TOPLEVEL 1:1-1:29 there is no top-level form or function defporg");
    assertThat(UnitFixture.of("(defporg (undefined 1))").diagnostics())
        .containsExactly("E-TOPLEVEL 1:1-1:24 there is no top-level form or function defporg");
    assertThat(UnitFixture.of("(whistler:defporg f ())").diagnostics())
        .containsExactly("E-TOPLEVEL 1:1-1:24 there is no top-level form or function defporg");
    assertThat(UnitFixture.of("(defmacro m () (undefined 1)) (m)").diagnostics())
        .singleElement()
        .asString()
        .startsWith("E-UNKNOWN");
  }

  @Test
  void sessionsAreFoundWhereverTheyStand() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defun run (seconds)
              (with-bpf-session ()
                (bpf:map forks :type :hash)
                (let ((object 1))
                  (bpf:prog note (:type :tracepoint)
                    (setf (getmap forks (tp-child-pid)) (tp-parent-pid)) 0)
                  (bpf:attach note object))
                (handler-case (loop (sleep seconds) (print (bpf:map-ref forks 1)))
                  (sb-sys:interactive-interrupt () (format t "bye~%")))))
            (handler-case (with-bpf-session () (bpf:map other :type :hash) (loop))
              (error () 0))
            (run 1)
            """);

    assertThat(unit.expanded())
        .containsExactly(
            "(defmap forks :type :hash)",
            "(defprog note (:type :tracepoint) "
                + "(setf (getmap forks (tp-child-pid)) (tp-parent-pid)) 0)",
            "(defmap other :type :hash)");
    assertThat(unit.diagnostics()).isNotEmpty().allMatch(text -> text.startsWith("W-IGNORED"));
  }

  /** Each form that is nested too deep is an error of its own; the guard does not wear out. */
  @Test
  void theGuardOfNestedFormsHoldsAsOftenAsItIsMet() {
    String runaway = "(progn ".repeat(20) + "(m 198)" + ")".repeat(20) + "\n";
    UnitFixture unit =
        UnitFixture.of(
            "(defmacro m (n) (if (= n 0) 1 (list 'progn (list 'm (- n 1)))))\n"
                + runaway.repeat(12)
                + "(defmap after :type :hash)");

    assertThat(unit.expanded()).containsExactly("(defmap after :type :hash)");
    assertThat(unit.diagnostics())
        .hasSize(12)
        .allMatch(text -> text.contains("top-level forms are nested more than 400 deep"));
  }

  @Test
  void topLevelEvaluationMayDefine() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (if (probe-file "/sys/kernel/debug/tracing/events/sched/sched_switch/format")
                (deftracepoint sched/sched-switch prev-pid)
                (defmacro tp-prev-pid () 0))
            (when t (eval '(defmap late :type :hash)))
            (defmacro sneaky () (defmap x :type :hash))
            (sneaky)
            """);

    assertThat(unit.expanded())
        .containsExactly(
            "(deftracepoint sched/sched-switch prev-pid)", "(defmap late :type :hash)");
    assertThat(unit.diagnostics())
        .containsExactly("E-MACRO 6:1-6:9 defmap is not possible inside a macro < sneaky");
  }

  @Test
  void warningsNotesAndDeclaim() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (format t "building ~A~%for you" 'x)
            (defmacro old () (warn "old is old") 1)
            (defprog f () (old))
            (declaim (optimize speed) (allow w-ignored))
            (open-door)
            (declaim (allow w-ignord))
            """);
    unit.expanded();

    assertThat(unit.notes()).containsExactly("building x", "for you");
    assertThat(unit.diagnostics())
        .containsExactly(
            "W-MACRO 3:15-3:20 old is old < old",
            "E-SYNTAX 6:17-6:25 allow takes the codes of warnings");
  }

  @Test
  void oneErrorDoesNotHideTheNext() {
    assertThat(UnitFixture.of("(frob-a 1)\n(progn (frob-b) (frob-c))").diagnostics())
        .hasSize(3)
        .allMatch(text -> text.startsWith("E-TOPLEVEL"));
  }

  @Test
  void placesCanBeExtended() {
    UnitFixture unit =
        UnitFixture.of(
            """
            (defun put-second (l v) (setf (second l) v))
            (defsetf my-second put-second)
            (defun my-second (l) (second l))
            (defsetf my-third (l) (v) `(progn (setf (third ,l) ,v)))
            (defun my-third (l) (third l))
            (defconstant r (let ((l (list 1 2 3))) (setf (my-second l) 9) (incf (my-third l) 5) l))
            """);

    assertThat(unit.diagnostics()).isEmpty();
    assertThat(
            DatumText.of(
                unit.expander()
                    .evaluate(
                        new Datum.Symbol(unit.symbols().symbol("r"), null),
                        unit.definitions().getFirst().context())))
        .isEqualTo("(1 9 8)");
  }
}
