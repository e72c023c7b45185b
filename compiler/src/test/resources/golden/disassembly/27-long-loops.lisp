; A million turns are more than the verifier would walk through: the body becomes a function that
; the kernel's loop helper calls. The sum lies in a frame on the stack that both know.
(defprog long-loop (:type :xdp :section "xdp")
  (let ((sum 0))
    (dotimes (i 1000000)
      (setf sum (logxor (* sum 31) i)))
    sum))
