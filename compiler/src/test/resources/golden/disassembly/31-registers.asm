registers (tc, 5 instructions)
; 31-registers.lisp:3:1  (defprog registers (:type :tc :section "tc")
    0:  r6 = r1
; 31-registers.lisp:4:14  (let ((now (ktime-get-ns)))
    1:  call ktime_get_ns#5
; 31-registers.lisp:5:12  (+ now (ctx mark))))
    2:  r1 = *(u32 *)(r6 + 8)
; 31-registers.lisp:5:5  (+ now (ctx mark))))
    3:  r0 += r1
    4:  exit
