(defmap r :type :ringbuf :max-entries 4096)
(defprog p (:type :xdp)
  (with-ringbuf (v r 8 :zero t) (setf v 0))
  0)
