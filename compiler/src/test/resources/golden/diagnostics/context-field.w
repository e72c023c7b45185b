(defprog p (:type :xdp) (ctx ingress-ifidx))
