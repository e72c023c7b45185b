(defprog p () (frobnicate 1))
