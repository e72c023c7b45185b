; A tail call that succeeds never comes back, so what follows is the way for an empty entry.
(defmap handlers :type :prog-array :key-size 4 :value-size 4 :max-entries 256)
(defglobal unhandled u64)

(defprog tail-calls (:type :xdp :section "xdp")
  (with-ipv4 (d e ip)
    (tail-call handlers (ipv4-protocol ip))
    (incf unhandled))
  XDP_PASS)
