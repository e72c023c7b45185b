package dev.whistler.compiler.macro;

import static dev.whistler.compiler.unit.UnitFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 18, form by form: what an expression is at macro time. */
class EvaluationTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiterString = " => ", quoteCharacter = '\u0001', textBlock = EXAMPLES)
  void examples(String form, String expected) {
    assertThat(value("(progn " + form + ")")).isEqualTo(expected);
  }

  /** An index counts characters, also where Java's strings need two units for one. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiterString = " => ", quoteCharacter = '\u0001', textBlock = CHARACTERS)
  void charactersAreCodePoints(String form, String expected) {
    assertThat(value("(progn " + form + ")")).isEqualTo(expected);
  }

  static final String CHARACTERS =
      """
      (length "😀b😀") => 3
      (list (aref "😀b" 1) (char "😀b" 1) (elt "😀b" 1)) => (#\\b #\\b #\\b)
      (list (aref "a😀" 1) (char-code (char "a😀" 1))) => (#\\😀 128512)
      (aref "😀b" 2) => E-MACRO 1:28-1:41 aref has no element 2 in a string of 2
      (list (subseq "😀bc" 1 2) (reverse "a😀") (position #\\b "😀b") (search "b" "😀b")) => ("b" "😀a" 1 1)
      (string-trim "😀" "😀b😁") => "b😁"
      (list (string< "😀a" "😀b") (string/= "😀" "😁") (string< "\uffee" "😀")) => (1 0 0)
      (string= "😀b" "xb" :start1 1 :start2 1) => t
      (string= "😀bc" "b" :start1 1 :end1 2) => t
      (multiple-value-list (parse-integer "😀42" :start 1)) => (42 3)
      (multiple-value-list (parse-integer "😀 7x" :start 1 :junk-allowed t)) => (7 3)
      (list (string-upcase "ß𐐨") (string-downcase "𐐀") (string-capitalize "𐐨𐐨 x")) => ("ß𐐀" "𐐨" "𐐀𐐨 X")
      (list (format nil "~3A|" "😀") (format nil "~3@A|" "😀b") (format nil "😀~3Tx")) => ("😀  |" " 😀b|" "😀  x")
      (loop for c across "😀b" collect (char-code c)) => (128512 98)
      (coerce "a😀" 'list) => (#\\a #\\😀)
      """;

  /**
   * What takes time in proportion to the length of its input must fit the budget at this length.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(let ((n 0)) (loop for c across s do (incf n)) n)",
        "(let ((n 0)) (loop for c across s for d across s do (incf n)) n)",
        "(let ((n 0)) (dotimes (i (length s)) (char s i) (elt s i) (aref s i) (incf n)) n)",
        "(let ((n 0)) (loop for i below (length s) when (char= (char s i) #\\a) do (incf n)) n)",
        "(let ((n 0)) (map nil (lambda (c) (incf n)) s) n)",
        "(length (loop for c across s collect c into all finally (return all)))",
        "(length (loop for c in (coerce s 'list) append (list c) into all finally (return all)))",
        "(length (loop for c on (coerce s 'list) collect (car c)))",
        "(let ((v (coerce s 'vector)) (n 0)) (loop for c across v do (incf n)) n)",
        "(let ((v (coerce s 'vector)) (n 0)) (dotimes (i (length v)) (elt v i) (incf n)) n)",
        "(length (with-output-to-string (o) (loop for c across s do (princ c o))))",
        "(count #\\a s)",
      })
  void iterationTakesTimeInProportionToTheLength(String form) {
    String text = "a".repeat(15_000);
    assertThat(value("(let ((s \"" + text + "\")) " + form + ")")).isEqualTo("15000");
    String wide = "😀" + "a".repeat(14_999);
    assertThat(value("(let ((s \"" + wide + "\")) " + form.replace("#\\a", "#\\a") + ")"))
        .isIn("15000", "14999");
  }

  static final String EXAMPLES =
      """
      '(1 . 2) => (1 . 2)
      (let ((x 1) (y 2)) `(a ,x ,@(list y 3) . ,x)) => (a 1 2 3 . 1)
      `#(1 ,(+ 1 1) ,@'(3 4)) => #(1 2 3 4)
      (let ((x 1)) ``(a ,,x ,',x)) => `(a ,1 ,'1)
      `(1 ,@nil 2) => (1 2)
      (let* ((x 1) (y (+ x 1))) (list x y)) => (1 2)
      (flet ((f (x) (* x 2))) (f 21)) => 42
      (labels ((f (n) (if (= n 0) 1 (* n (f (1- n)))))) (f 10)) => 3628800
      (macrolet ((m (x) `(list ,x ,x))) (m 3)) => (3 3)
      (symbol-macrolet ((z (+ 1 2))) (list z z)) => (3 3)
      (funcall (lambda (x &optional (y 10) &rest r) (list x y r)) 1) => (1 10 nil)
      (funcall (lambda (&key (a 1 ap) ((:b c) 2)) (list a ap c)) :b 5) => (1 nil 5)
      (destructuring-bind (a (b &rest c) . d) '(1 (2 3 4) 5 6) (list a b c d)) => (1 2 (3 4) (5 6))
      (multiple-value-bind (q r) (floor -7 2) (list q r)) => (-4 1)
      (multiple-value-list (values 1 2 3)) => (1 2 3)
      (nth-value 1 (truncate -7 2)) => -1
      (list (round 5 2) (round 7 2) (ceiling 7 2) (mod -7 2) (rem -7 2)) => (2 4 4 1 -1)
      (case 3 (1 'a) ((2 3) 'b) (t 'c)) => b
      (case 'z (a 1) (otherwise 2)) => 2
      (typecase "x" (integer 1) (string 2)) => 2
      (cond (nil 1) ((assoc 'b '((a . 1) (b . 2)))) (t 3)) => (b . 2)
      (block out (dolist (x '(1 2 3)) (when (= x 2) (return-from out x))) 9) => 2
      (dolist (x '(1 2) 'done) x) => done
      (let ((s 0)) (dotimes (i 5 s) (incf s i))) => 10
      (do ((i 0 (1+ i)) (a 0 i)) ((= i 3) (list i a))) => (3 2)
      (do* ((i 0 (1+ i)) (a i i)) ((= i 3) (list i a))) => (3 3)
      (let ((i 0)) (tagbody again (incf i) (when (< i 5) (go again))) i) => 5
      (catch 'k (mapc (lambda (x) (when (= x 2) (throw 'k x))) '(1 2 3)) 0) => 2
      (let ((l nil)) (ignore-errors (unwind-protect (error "x") (push 1 l))) l) => (1)
      (handler-case (error "bad ~A" 3) (error (e) (format nil "<~A>" e))) => "<bad 3>"
      (handler-case (car 5) (error () 'caught)) => caught
      (multiple-value-bind (v e) (ignore-errors (error "q")) (list v (null e))) => (nil nil)
      (let ((x (list 1 2 3))) (setf (second x) 9 (car x) 8) x) => (8 9 3)
      (let ((p '(:a 1))) (setf (getf p :b) 2) (list (getf p :a) (getf p :b) (getf p :c 3))) => (1 2 3)
      (let ((v (make-array 3 :initial-element 0))) (setf (aref v 1) 5) v) => #(0 5 0)
      (let ((h (make-hash-table :test 'equal))) (setf (gethash "k" h) 1) (incf (gethash "k" h)) (gethash "k" h)) => 2
      (let ((h (make-hash-table))) (setf (gethash 2 h) 'b (gethash 1 h) 'a) (loop for k being the hash-keys of h using (hash-value v) collect (cons k v))) => ((2 . b) (1 . a))
      (let ((l (list 1 2))) (push 0 l) (pushnew 2 l) (list (pop l) l)) => (0 (1 2))
      (let ((a 1) (b 2)) (psetq a b b a) (list a b)) => (2 1)
      (let ((p (list :a 1 :b 2))) (remf p :a) p) => (:b 2)
      (loop for x in '(1 2 3) for y from 10 by 5 collect (+ x y)) => (11 17 23)
      (loop for (a . b) in '((1 . 2) (3 . 4)) sum (* a b)) => 14
      (loop for x on '(1 2 3) by #'cddr collect x) => ((1 2 3) (3))
      (loop for i downfrom 3 to 1 collect i) => (3 2 1)
      (loop for i from 3 downto 1 collect i) => (3 2 1)
      (loop for i below 3 append (list i i)) => (0 0 1 1 2 2)
      (loop for x = 1 then (* x 2) while (< x 20) collect x) => (1 2 4 8 16)
      (loop for c across "abc" collect c) => (#\\a #\\b #\\c)
      (loop for a = 1 then b and b = 2 then a repeat 3 collect (list a b)) => ((1 2) (2 1) (1 2))
      (loop with s = 0 for i from 1 to 4 do (incf s i) finally (return s)) => 10
      (loop for x in '(1 nil 2) when x collect it into l else count t into n end finally (return (list l n))) => ((1 2) 1)
      (loop for x in '(3 1 2) maximize x into hi minimize x into lo finally (return (list hi lo))) => (3 1)
      (list (loop for x in '(2 4) always (evenp x)) (loop for x in '(1 2) thereis (and (evenp x) x))) => (t 2)
      (loop named n for i from 0 do (when (= i 4) (return-from n i))) => 4
      (loop repeat 2 nconc (list 1)) => (1 1)
      (let ((n 0)) (loop (when (= n 3) (return n)) (incf n))) => 3
      (loop initially (push 1 *l*) for i below 1 do (push 2 *l*) finally (return *l*)) => E-UNBOUND 1:52-1:55 there is no macro-time variable *l*
      (mapcar #'+ '(1 2) '(10 20)) => (11 22)
      (mapcan (lambda (x) (list x x)) '(1 2)) => (1 1 2 2)
      (maplist #'length '(a b c)) => (3 2 1)
      (list (every #'evenp '(2 4)) (some #'oddp '(2 3)) (notany #'oddp '(2))) => (t t t)
      (reduce #'+ '(1 2 3) :initial-value 10) => 16
      (reduce #'list '(1 2 3) :from-end t) => (1 (2 3))
      (remove 2 '(1 2 3)) => (1 3)
      (remove-if #'oddp '(1 2 3)) => (2)
      (remove-duplicates '(1 2 1 3)) => (2 1 3)
      (list (find 2 '((1 . a) (2 . b)) :key #'car) (position #\\b "abc") (count 1 '(1 1 2))) => ((2 . b) 1 2)
      (sort (list 3 1 2) #'<) => (1 2 3)
      (sort (list '(b 1) '(a 1)) #'string< :key #'first) => ((a 1) (b 1))
      (subseq "hello" 1 3) => "el"
      (concatenate 'string "a" "b") => "ab"
      (list (union '(1 2) '(2 3)) (intersection '(1 2) '(2 3)) (set-difference '(1 2) '(2))) => ((1 2 3) (2) (1))
      (list (member 2 '(1 2 3)) (assoc "b" '(("a" . 1) ("b" . 2)) :test #'equal)) => ((2 3) ("b" . 2))
      (append '(1) '(2) 3) => (1 2 . 3)
      (list (last '(1 2 3)) (butlast '(1 2 3)) (nth 1 '(a b)) (nthcdr 2 '(1 2 3))) => ((3) (1 2) b (3))
      (list (ash 1 70) (ash -8 -1) (logand 12 10) (logxor 5 3) (integer-length 255) (logcount 7)) => (1180591620717411303424 -4 8 6 8 3)
      (list (ldb (byte 8 8) #xABCD) (dpb 1 (byte 4 4) 0) (expt 2 10) (gcd 12 18) (isqrt 17)) => (171 16 1024 6 4)
      (list (/ 6 3) (- 5) (1+ 1) (max 1 3 2) (abs -4) (signum -9)) => (2 -5 2 3 4 -1)
      (/ 1 2) => E-MACRO 1:28-1:35 1 / 2 is no integer; use floor, truncate, ceiling or round
      (intern "made-up") => made-up
      (eq (intern "x") 'X) => t
      (list (symbol-name 'Foo) (keywordp :a) (symbolp nil)) => ("foo" t t)
      (eq (gensym) (gensym)) => nil
      (list (format nil "~A ~S ~D" "x" "x" 5) (format nil "~5D|~5,'0D|~X|~B|~O" 42 42 255 5 8)) => ("x \\"x\\" 5" "   42|00042|ff|101|10")
      (format nil "~{~A~^, ~}" '(1 2 3)) => "1, 2, 3"
      (format nil "~:{~A=~A ~}" '((a 1) (b 2))) => "a=1 b=2 "
      (format nil "~[zero~;one~:;many~] ~:[no~;yes~] ~@[~A~]" 1 t 5) => "one yes 5"
      (format nil "~(ABC~) ~:(foo bar~) ~@(foo bar~)" ) => "abc Foo Bar Foo bar"
      (format nil "~D item~:P, ~D item~:P" 1 2) => "1 item, 2 items"
      (format nil "~:D ~+5D" 1234567 1) => "1,234,567     1"
      (format nil "~3R ~10T| ~V,'*D" 5 4 7) => "12        | ***7"
      (format nil "~Q") => E-MACRO 1:28-1:45 format does not know the directive ~q
      (list (string-upcase "ab") (string= "a" "a") (string< "a" "b") (char "abc" 1)) => ("AB" t 0 #\\b)
      (list (string-trim " " " a ") (parse-integer "42") (parse-integer "ff" :radix 16)) => ("a" 42 255)
      (list (char-code #\\A) (code-char 97) (char-upcase #\\a) (digit-char-p #\\7)) => (65 #\\a #\\A 7)
      (with-output-to-string (s) (format s "a~A" 1) (write-string "b" s)) => "a1b"
      (list (equal '(1 (2)) '(1 (2))) (eql "a" "a") (equalp "A" "a")) => (t nil t)
      (list (typep 5 '(integer 0 10)) (typep 5 'string) (type-of 'x)) => (t nil symbol)
      (apply #'+ 1 '(2 3)) => 6
      (list (sizeof-struct 'event) (field-offset 'event 'pid) (struct-fields 'event)) => (24 8 (ts pid))
      (list (knob 'limit) (target-arch) (map-option 'm :max-entries)) => (7 :x86-64 64)
      (tracepoint-fields 'sched/sched-switch) => (prev-pid)
      (probe-file "/sys/kernel/tracing/events/sched/sched_switch/format") => "/sys/kernel/tracing/events/sched/sched_switch/format"
      (probe-file "/etc/passwd") => nil
      (vector-push-extend 1 (vector)) => 0
      (with-gensyms (a b) (eq a b)) => nil
      (assert (= 1 2)) => E-MACRO 1:28-1:44 the assertion (= 1 2) failed
      (check-type 5 string) => E-MACRO 1:28-1:49 the value of 5 is 5, not of type string
      (ecase 1 (2 3)) => E-MACRO 1:28-1:43 no clause of ecase fits 1
      (undefined-thing 1) => E-UNKNOWN 1:28-1:47 there is no macro-time function undefined-thing
      (car) => E-ARITY 1:28-1:33 car takes 1 operand, not 0
      (open "/etc/passwd") => E-UNKNOWN 1:28-1:48 there is no macro-time function open
      """;
}
