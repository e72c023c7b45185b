(defprog p (:type :xdp) (skb-load-bytes (ctx-ptr) 0 (struct-alloc 4) 4))
