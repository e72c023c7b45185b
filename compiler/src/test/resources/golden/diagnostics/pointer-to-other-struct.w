(defstruct a (x u64))
(defstruct b (y u64))
(defprog p (:type :xdp)
  (let ((v (make-a))) (b-y v)))
