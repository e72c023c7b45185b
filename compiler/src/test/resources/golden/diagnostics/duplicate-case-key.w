(defprog p () (case (get-prandom-u32) (1 0) ((2 1) 1)))
