(defprog p () (struct-alloc 600))
