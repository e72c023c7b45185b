(defconstant +a+ 1)
(defprog p () (let ((+a+ 2) (XDP_PASS 3)) 1))
