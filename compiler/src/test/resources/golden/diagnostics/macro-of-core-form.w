(defmacro when (x) x)
(defprog p () 0)
