; Behind IP options the header's place is known at run time only. The verifier accepts a length
; check for one sum alone, so the address that is checked is the one that is used.
(defglobal port u16)

(defprog addresses (:type :xdp :section "xdp")
  (with-tcp (d e th)
    (setf port (tcp-dst-port th)))
  XDP_PASS)
