(defconstant +a+ 1)
(defconstant +a+ 1)
(defconstant +a+ 2)
(defprog p () +a+)
