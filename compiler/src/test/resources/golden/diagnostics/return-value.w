(defprog p (:type :xdp) 9)
