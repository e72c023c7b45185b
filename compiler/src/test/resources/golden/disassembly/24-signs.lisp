; A sign is extended where it counts: for the comparison and the shift of the first number. The
; second one is only stored in 16 bits, so that the bits above may be anything.
(defglobal half i64)
(defglobal next i16)

(defprog signs (:type :xdp :section "xdp")
  (with-packet (d e :min-len 16)
    (let ((delta (load i16 d 4)) (count (load i16 d 6)))
      (when (s< delta -9)
        (setf half (>>> delta 1)))
      (setf next (+ count 1))))
  XDP_PASS)
