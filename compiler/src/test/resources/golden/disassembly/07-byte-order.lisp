; A packet's field is compared in the order in which it lies there: the constant is swapped at
; compile time, the field is not. Where it is used as a number it has to be.
(defglobal last-port u64)

(defprog byte-order (:type :xdp :section "xdp")
  (with-udp (d e u :options nil)
    (when (= (udp-dst-port u) 53)
      (setf last-port (udp-src-port u))))
  XDP_PASS)
