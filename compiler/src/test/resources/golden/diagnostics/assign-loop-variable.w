(defprog p () (dotimes (i 3) (setf i 1)))
