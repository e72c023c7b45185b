; A test that was passed before is known: what is below 64 is so the second time, too, and is not
; 100. Of the three tests one is left, and nothing of what the others guard.
(defglobal small u64)

(defprog same-test (:type :tc :section "tc")
  (let ((len (ctx len)))
    (when (< len 64)
      (when (= len 100)
        (return TC_ACT_SHOT))
      (setf small len)
      (unless (< len 64)
        (return TC_ACT_SHOT))))
  TC_ACT_OK)
