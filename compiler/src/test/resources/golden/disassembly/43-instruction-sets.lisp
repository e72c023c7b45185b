; One source for each instruction set. v1 has no jump for "less" and jumps around instead; from v3
; on 32 bits are compared as they are; v4 extends a sign by one instruction.
; sets: 1 2 3 4
(defglobal small i64)

(defprog sets (:type :xdp :section "xdp")
  (with-packet (d e :min-len 16)
    (let ((delta (load i16 d 4)) (n (load i32 d 8)))
      (when (s< n -7)
        (setf small delta))
      (when (< (load u32 d 0) (load u32 d 12))
        (setf small 1))))
  XDP_PASS)
