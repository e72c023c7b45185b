(defprog p (:type :kprobe :section "kprobe/do_exit" :license "MIT")
  (let ((b (struct-alloc 8)))
    (probe-read-kernel b 8 (pt-regs-parm1)))
  0)
