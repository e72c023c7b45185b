(defprog p () (load u8))
