(defprog p (:type :kprobe :section "kprobe") 0)
