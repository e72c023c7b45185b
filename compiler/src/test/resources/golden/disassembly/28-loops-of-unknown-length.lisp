; bpf-loop asks for as many turns as the packet says. Leaving it is a result of 1 of the callback,
; and the number of turns comes back from the helper.
(defglobal turns u64)

(defprog unknown-length (:type :tc :section "tc")
  (let ((left (ctx len)))
    (setf turns
          (bpf-loop (i (ctx mark))
            (when (< left 10)
              (loop-exit))
            (setf left (- left 10)))))
  TC_ACT_OK)
