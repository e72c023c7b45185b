; Each operation becomes the cheapest one that yields the same: shifts and masks for powers of two,
; nothing for what changes nothing. Division by 10 stays.
(defglobal n u64)

(defprog cheaper (:type :xdp :section "xdp")
  (let ((x n))
    (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
  XDP_PASS)
