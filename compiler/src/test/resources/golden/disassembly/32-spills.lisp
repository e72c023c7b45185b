; Six values live across a call, but only four registers do. The others lie in words of the stack:
; stored before the call and loaded behind it.
(defglobal out u64)

(defprog spills (:type :xdp :section "xdp")
  (with-packet (d e :min-len 64)
    (let ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16))
          (x (load u64 d 24)) (y (load u64 d 32)) (z (load u64 d 40)))
      (let ((now (ktime-get-ns)))
        (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
  XDP_PASS)
