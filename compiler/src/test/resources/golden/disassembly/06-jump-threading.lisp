; A variable that is set to 1 or 0 only to be tested afterwards is never made: each way jumps to
; where its constant would lead.
(defglobal hits u64)

(defprog threading (:type :tc :section "tc")
  (let ((wanted 0))
    (cond ((= (ctx mark) 7) (setf wanted 1))
          ((> (ctx len) 1000) (setf wanted 1)))
    (when wanted
      (incf hits)))
  TC_ACT_OK)
