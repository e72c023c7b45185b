; What is known at compile time is computed there: by the macro evaluator, by constant folding, and
; by following a variable that is only ever a constant. One instruction is left before the exit.
(defconstant +page+ (<< 1 12))

(defprog constants (:type :xdp :section "xdp")
  (let ((pages 3) (rest (mod 100 7)))
    (setf pages (+ pages 1))
    (+ (* pages +page+) rest (ntohs #x0100))))
