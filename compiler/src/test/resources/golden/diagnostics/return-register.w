(defprog p (:type :kprobe :section "kprobe/do_exit")
  (pt-regs-ret))
