(defprog p (:type :xdp)
  (if 0 (undefined-thing 1) 1)
  (if 0 (load u8) 1))
