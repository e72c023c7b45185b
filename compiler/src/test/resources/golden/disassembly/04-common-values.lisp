; What was computed once is not computed again: (* a b) is one multiplication, the context's field
; is one load, also on the way where it is used for the second time.
(defglobal out u64)

(defprog common (:type :tc :section "tc")
  (let ((a (ctx len)) (b (ctx mark)))
    (setf out (* a b))
    (when (> (* a b) 4096)
      (setf out (+ (* a b) (ctx len)))))
  TC_ACT_OK)
