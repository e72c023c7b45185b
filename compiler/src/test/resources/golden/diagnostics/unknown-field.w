(defstruct s (a (array u8 4)))
(defprog p ()
  (let ((p (make-s)))
    (s-zz p)))
