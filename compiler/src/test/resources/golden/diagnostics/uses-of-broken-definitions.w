;; only the definitions are reported, not their uses
(defstruct s (a u9))
(defmap m :type :hsh :key-size 4 :value-size 4 :max-entries 1)
(defconstant +c+ (/ 1 0))
(defprog p (:type :xdp)
  (let ((v (make-s)))
    (setf (s-a v) 1)
    (setf (getmap m 1) +c+))
  (sizeof s))
