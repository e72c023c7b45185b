(defprog p (:type :xdp)
  (return 1)
  (+ 1 2))
