(defprog p () (+ x 1))
