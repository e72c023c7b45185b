; Each form checks the packet's length for its own header, from scratch. The longest check that was
; passed is enough for those behind it: two are left, one for 34 and one for 54 bytes.
(defglobal syns u64)

(defprog lengths (:type :xdp :section "xdp")
  (with-ipv4 (d e ip)
    (when (= (ipv4-protocol ip) +ip-proto-tcp+)
      (with-tcp (d2 e2 th :options nil)
        (with-packet (d3 e3 :min-len 14)
          (when (logand (tcp-flags th) 2)
            (incf syns))))))
  XDP_PASS)
