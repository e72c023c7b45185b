; The kernel's verifier forgets at the join of two ways that protocol 6 and a length of 54 bytes go
; together. Where the protocol is tested again behind a call, so is the length.
(defmap seen :type :hash :key-type u32 :value-type u64 :max-entries 64)

(defprog kept (:type :xdp :section "xdp")
  (with-packet (d e :min-len 38)
    (let ((protocol (load u8 d 23)))
      (when (= protocol 6)
        (when (> (+ d 54) e)
          (return XDP_DROP)))
      (setf (getmap seen protocol) 1)
      (when (= protocol 6)
        (return (load u8 d 47)))))
  XDP_PASS)
