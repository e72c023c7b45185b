; Numbers of 32 bits are compared by 32-bit jumps (v3), so that neither has to be extended: not the
; lower half of the helper's 64 bits, and not the sign of the field.
(defglobal n u64)

(defprog narrow-tests (:type :tc :section "tc")
  (let ((uid u32 (get-current-uid-gid)) (mark i32 (ctx mark)))
    (when (= uid #xffffffff)
      (incf n))
    (when (s< mark 5)
      (incf n)))
  TC_ACT_OK)
