; A lookup whose value nobody uses is not made, and a field that is only loaded back to be thrown
; away needs neither the load nor the store before it.
(defstruct pair (a u64) (b u64))
(defmap pairs :type :hash :key-type u32 :value-type pair :max-entries 64)

(defprog dead-code (:type :tc :section "tc")
  (let* ((p (make-pair)) (unused (getmap pairs 1)))
    (setf (pair-a p) (ctx len))
    (setf (pair-b p) (ctx mark))
    (let ((sum (+ (pair-a p) (pair-b p))))
      TC_ACT_OK)))
