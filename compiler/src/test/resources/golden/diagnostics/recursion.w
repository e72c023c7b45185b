(defun f (x) (g x))
(defun g (x) (f x))
(defprog p (:type :xdp) (f 1))
