; A small function has no call: its body stands where it is used, is folded with the arguments
; there, and what the two uses have in common is computed once.
(defun clamp (value most)
  (if (> value most) most value))

(defprog inlined (:type :tc :section "tc")
  (+ (clamp 5 9) (clamp (ctx len) 1500)))
