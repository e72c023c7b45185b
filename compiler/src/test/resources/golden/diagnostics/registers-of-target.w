(defprog p (:type :kprobe :section "kprobe/do_exit")
  (pt-regs-parm7))
