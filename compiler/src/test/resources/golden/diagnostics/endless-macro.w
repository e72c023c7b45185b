(defmacro m () (loop))
(defprog p () (m))
