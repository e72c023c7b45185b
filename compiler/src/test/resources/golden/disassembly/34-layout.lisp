; Blocks follow each other so that the common way falls through: tests are turned round, the value
; for the other way is set before the jump, and no jump leads to a jump.
(defprog layout (:type :tc :section "tc")
  (let ((class 0))
    (if (> (ctx len) 1000)
        (setf class 1)
        (setf class 2))
    (when (= (ctx mark) 9)
      (setf class (+ class 4)))
    class))
