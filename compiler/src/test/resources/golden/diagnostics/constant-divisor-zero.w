(defprog p () (/ (load u8 (ctx data)) 0))
