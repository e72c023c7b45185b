(defmap r :type :ringbuf :max-entries 4096)
(defprog p (:type :xdp)
  (let ((v (ringbuf-reserve r 16)))
    (when v
      (ringbuf-submit v)
      (store u64 v 0 1)))
  0)
