(defstruct s (a u64))
(defprog p (:type :xdp)
  (let ((v (make-s)))
    (+ 1 (memset v 0 0 8))))
