package dev.whistler.compiler.macro;

import static dev.whistler.compiler.unit.UnitFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.unit.UnitFixture;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of functions of the compile-time language as sources see it. */
class BuiltinsTest {
  /** Section 18.6, and what the programs of the original use beside it. */
  private static final String NAMES =
      """
      cons car cdr caar cadr cdar cddr caddr cdddr cadddr first second third fourth fifth rest last
      butlast nth nthcdr list list* append nconc reverse nreverse copy-list copy-tree length null
      consp atom listp endp member member-if assoc rassoc acons pairlis getf adjoin union
      intersection set-difference subsetp subst tree-equal list-length ldiff tailp make-list
      mapcar mapc mapcan mapcon maplist mapl map map-into every some notany notevery reduce remove
      remove-if remove-if-not delete delete-if delete-duplicates remove-duplicates find find-if
      find-if-not position position-if count count-if search sort stable-sort merge subseq copy-seq
      concatenate elt fill replace substitute coerce
      + - * / 1+ 1- = /= < > <= >= mod rem floor ceiling truncate round abs min max gcd lcm expt
      isqrt ash logand logior logxor lognot logtest logbitp logcount integer-length zerop plusp
      minusp evenp oddp numberp integerp signum byte ldb dpb parse-integer
      symbolp keywordp symbol-name intern make-symbol gensym gentemp get symbol-value boundp fboundp
      macro-function eq eql equal equalp string=
      string stringp string/= string< string> string-equal string-upcase string-downcase
      string-capitalize string-trim string-left-trim string-right-trim char schar characterp
      char-code code-char char= char-upcase char-downcase alpha-char-p digit-char-p digit-char
      alphanumericp upper-case-p lower-case-p write-to-string prin1-to-string princ-to-string format
      identity constantly complement functionp vector make-array aref svref vectorp
      vector-push-extend make-hash-table gethash remhash maphash clrhash hash-table-count
      values-list values error warn typep type-of macroexpand macroexpand-1 constantp
      funcall apply sizeof-struct field-offset struct-fields map-option knob target-arch
      tracepoint-fields probe-file eval
      """;

  static Stream<String> names() {
    return Arrays.stream(NAMES.strip().split("\\s+"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyFunctionOfTheSpecificationIsThere(String name) {
    assertThat(value("(functionp #'" + name + ")")).isEqualTo("t");
  }

  /** The position is that of the call, the text says what the function takes. */
  @Test
  void tooFewArgumentsAreRefusedAtTheCall() {
    for (String name : Builtins.names()) {
      int min = Builtins.find(name).min();
      if (min > 0) {
        String refused = "E-ARITY 1:28-1:" + (30 + name.length()) + " " + name + " takes ";
        assertThat(value("(progn (" + name + "))")).startsWith(refused).endsWith(", not 0");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\u0001',
      textBlock =
          """
          (member 1 5 :key) => E-ARITY 1:28-1:45 member needs a value after :key
          (union '(1) 5) => E-SYNTAX 1:28-1:42 union is given no proper list
          (third 5) => E-MACRO 1:28-1:37 third needs a list, not 5
          (find 1 '(1) :bogus 2) => E-ARITY 1:28-1:50 find does not know :bogus
          (mod 'a 2) => E-MACRO 1:28-1:38 mod needs an integer, not a
          (assoc 1 '((1)) :test 'nosuch) => E-UNKNOWN 1:28-1:58 there is no macro-time function nosuch
          (member-if (lambda (x) (car x)) '(5)) => E-MACRO 1:51-1:58 car needs a list, not 5
          (sort '(1 a) #'<) => E-MACRO 1:28-1:45 < needs an integer, not a
          (loop for x in '(5) collect (car x)) => E-MACRO 1:56-1:63 car needs a list, not 5
          """)
  void anErrorIsAtTheUsersForm(String form, String expected) {
    assertThat(value("(progn " + form + ")")).isEqualTo(expected);
  }

  /** What the source calls by the name of a function changes nothing but its own calls. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\u0001',
      textBlock =
          """
          (defun last (x) 7) => (loop for x in '(1 2) collect x) => (1 2)
          (defun append (&rest x) 7) => (loop for x in '(1 2) append (list x x)) => (1 1 2 2)
          (defun adjoin (x l) 7) => (let ((l (list 1))) (pushnew 2 l) (pushnew 1 l) l) => (2 1)
          (defun eql (a b) t) => (list (member 1 '(2)) (remove 1 '(2)) (union '(1) '(2))) => (nil (2) (1 2))
          (defun identity (x) 7) => (list (find 1 '(1 2)) (mapcar #'identity '(1 2))) => (1 (7 7))
          (defmacro atom (x) t) => (loop for x in '(1 2) sum x) => 3
          (defun own () 1) => (flet ((car (x) 7) (elt (x i) 7)) (loop for x in '(1) for c across "a" collect (list x c))) => ((1 #\\a))
          (defun own () 1) => (macrolet ((length (x) 0)) (loop for c across "ab" count c)) => 2
          """)
  void definitionsOfTheSourceDoNotChangeOthers(String definition, String form, String expected) {
    UnitFixture unit =
        UnitFixture.of(
            definition + "(defmacro m () `(quote ,(progn " + form + ")))(defprog p () (m))");

    assertThat(unit.expanded()).last().asString().contains(" '" + expected + ")");
  }

  /** {@code loop} calls functions that are none of the language. */
  @ParameterizedTest
  @CsvSource({"|table entries|", "|sequence vector|", "table-entries", "|loop|"})
  void functionsOfTheEvaluatorHaveNoName(String name) {
    assertThat(value("(progn (loop for c across \"a\" collect c) (" + name + " \"a\"))"))
        .isNotEqualTo("(#\\a)")
        .startsWith("E-");
    assertThat(Builtins.names()).doesNotContain("loop", "table entries", "sequence vector");
  }

  /** The same steps as before the functions became lambdas: one a call, one an element. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\u0001',
      textBlock =
          """
          (union l l) => E-BUDGET
          (remove-duplicates l) => E-BUDGET
          (member -1 l) => nil
          (find-if #'minusp l) => nil
          (subsetp '(1 2) l) => t
          (length (mapcar #'1+ l)) => 20000
          """)
  void workIsBoundedByTheLengthsOfTheArguments(String form, String expected) {
    assertThat(value("(let ((l (loop for i below 20000 collect i))) " + form + ")"))
        .startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "(member 1 l)",
    "(find 2 l)",
    "(union l l)",
    "(last l)",
    "(list-length l)",
    "(every #'identity l)",
    "(mapc #'identity l)",
    "(reduce #'+ l)",
    "(nthcdr 1000000000 l)",
    "(append l l)"
  })
  // One of each way of going along a list: each case spends the whole budget.
  void aCycleEnds(String form) {
    assertThat(value("(let ((l (list 0 0))) (setf (cddr l) l) " + form + ")"))
        .startsWith("E-BUDGET");
  }

  /** The table is made by the first of the compilations that run at once, in a fresh world. */
  @Test
  void firstUseInParallel() throws Exception {
    List<URL> places = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      places.add(new java.io.File(place).toURI().toURL());
    }
    try (URLClassLoader world =
            new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      Callable<String> evaluation =
          () -> {
            try {
              return (String)
                  world
                      .loadClass(UnitFixture.class.getName())
                      .getMethod("value", String.class)
                      .invoke(null, "(loop for x in '(3 1 2) collect (1+ x))");
            } catch (InvocationTargetException e) {
              throw new AssertionError(e.getCause());
            }
          };
      List<Future<String>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        results.add(threads.submit(evaluation));
      }
      for (Future<String> result : results) {
        assertThat(result.get()).isEqualTo("(4 2 3)");
      }
    }
  }
}
