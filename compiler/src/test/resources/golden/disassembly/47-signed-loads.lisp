; From v4 on a load extends the sign by itself; before, a load is followed by two shifts. A load that
; is used without its sign, too, stays as it is.
; sets: 3 4
(defglobal sum i64)
(defglobal raw u64)

(defprog signed-loads (:type :xdp :section "xdp")
  (with-packet (d e :min-len 16)
    (let ((word (load u16 d 6)))
      (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
            raw word)))
  XDP_PASS)
