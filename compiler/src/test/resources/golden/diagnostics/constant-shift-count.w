(defprog p () (<< 1 64))
