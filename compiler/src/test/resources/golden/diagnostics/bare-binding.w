(defprog p () (let (x) 1))
