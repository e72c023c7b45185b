(defprog p () (dotimes (i (get-prandom-u32)) 0))
