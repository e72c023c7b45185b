; Globals of one section lie in one map: the address of one is made once for the code up to the next
; call and reaches the others, too.
(defglobal packets u64)
(defglobal bytes u64)
(defglobal last u64)

(defprog addresses (:type :xdp :section "xdp")
  (with-packet (d e :min-len 14)
    (incf packets)
    (incf bytes (- e d))
    (setf last (ktime-get-ns))
    (when (> packets 1000)
      (setf packets 0
            bytes 0)))
  XDP_PASS)
