(defprog p (:type :kprobe :section "kprobe/do_exit")
  (let ((v (struct-alloc 8)) (a u8 1))
    (probe-read-kernel v 8 a))
  0)
