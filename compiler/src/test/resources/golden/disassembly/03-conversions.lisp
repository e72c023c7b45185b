; A conversion of what fits already costs nothing: the byte loaded is a u16, a u32 and a u64 as it
; is. Only the sum of two of them has to be cut to a u8 again, by the store that keeps no more.
(defglobal seen u8)

(defprog conversions (:type :xdp :section "xdp")
  (with-packet (d e :min-len 16)
    (let ((a u16 (load u8 d 0)) (b u32 (load u8 d 1)))
      (setf seen (+ (cast u32 a) (cast u64 b)))))
  XDP_PASS)
