; A call destroys r0 to r5. The context, needed behind it, waits in r6 or above; the mark is loaded
; only where it is used; the result stays in r0, where the addition wants it.
(defprog registers (:type :tc :section "tc")
  (let ((now (ktime-get-ns)))
    (+ now (ctx mark))))
