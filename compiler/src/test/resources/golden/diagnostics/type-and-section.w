(defprog p (:type :kprobe :section "xdp") 1)
