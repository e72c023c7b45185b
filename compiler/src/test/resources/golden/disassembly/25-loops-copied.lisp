; A short loop is copied out: four loads at constant places, without counter and jumps.
(defglobal sum u64)

(defprog copied (:type :xdp :section "xdp")
  (with-packet (d e :min-len 16)
    (let ((s 0))
      (dotimes (i 4)
        (setf s (+ s (load u8 d i))))
      (setf sum s)))
  XDP_PASS)
