; A larger function that is called twice becomes one of the kernel's: parameters in r1 to r5, the
; result in r0, and only what the program needs afterwards is kept in r6 and above.
(defun mix (a b)
  (let* ((x (logxor (* a 31) b))
         (y (logxor (>> x 7) (* x 17)))
         (z (logxor (<< y 3) (* y 13))))
    (+ x (* y 5) (>> z 2) (logand z 255))))

(defprog functions (:type :tc :section "tc")
  (let ((len (ctx len)))
    (+ len (mix len 1) (mix (ctx mark) 2))))
