(defconstant +ports+ '(1 2 3))
(defprog p () +ports+)
