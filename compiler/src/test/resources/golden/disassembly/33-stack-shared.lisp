; Two blocks that are never in use at the same time lie at the same place of the stack: both names
; are written at r10 - 16.
(defmap names :type :hash :key-size 16 :value-type u64 :max-entries 64)

(defprog stack-shared (:type :tracepoint :section "tracepoint/sched/sched_switch")
  (if (> (ktime-get-ns) 1000)
      (let ((name (struct-alloc 16)))
        (get-current-comm name 16)
        (remmap names name))
      (let ((other (struct-alloc 16)))
        (get-current-comm other 16)
        (setf (getmap names other) 1)))
  0)
