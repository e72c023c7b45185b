(defprog p () #.(+ 1 2))
