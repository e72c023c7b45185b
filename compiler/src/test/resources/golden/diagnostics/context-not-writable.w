(defprog p (:type :xdp) (setf (ctx ingress-ifindex) 1))
