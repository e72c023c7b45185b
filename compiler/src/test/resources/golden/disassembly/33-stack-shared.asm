stack_shared (tracepoint/sched/sched_switch, 32 instructions)
; 33-stack-shared.lisp:6:10  (if (> (ktime-get-ns) 1000)
    0:  call ktime_get_ns#5
; 33-stack-shared.lisp:6:7  (if (> (ktime-get-ns) 1000)
    1:  if r0 > 1000 goto +19 <21>
; 33-stack-shared.lisp:11:9  (get-current-comm other 16)
    2:  r1 = r10
    3:  r1 += -16
    4:  r2 = 16
    5:  call get_current_comm#16
; 33-stack-shared.lisp:12:36  (setf (getmap names other) 1)))
    6:  *(u64 *)(r10 - 24) = 1
; 33-stack-shared.lisp:12:9  (setf (getmap names other) 1)))
    7:  r1 = names ll
    9:  r2 = r10
   10:  r2 += -16
   11:  r3 = r10
   12:  r3 += -24
   13:  r4 = 0
   14:  call map_update_elem#2
   15:  if w0 == 0 goto +14 <30>
   16:  r2 = 1
   17:  r1 = names__failed_updates ll
   19:  lock *(u64 *)(r1 + 0) += r2
   20:  goto +9 <30>
; 33-stack-shared.lisp:8:9  (get-current-comm name 16)
   21:  r1 = r10
   22:  r1 += -16
   23:  r2 = 16
   24:  call get_current_comm#16
; 33-stack-shared.lisp:9:9  (remmap names name))
   25:  r1 = names ll
   27:  r2 = r10
   28:  r2 += -16
   29:  call map_delete_elem#3
; 33-stack-shared.lisp:13:3  0)
   30:  r0 = 0
   31:  exit
