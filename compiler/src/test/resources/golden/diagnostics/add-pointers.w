(defprog p (:type :xdp)
  (+ (ctx data) (ctx data-end)))
