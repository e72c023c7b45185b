forwarding (tc, 4 instructions)
; 15-forwarding.lisp:7:23  (setf (point-x p) (ctx len)
    0:  r0 = *(u32 *)(r1 + 0)
; 15-forwarding.lisp:8:23  (point-y p) (ctx mark))
    1:  r1 = *(u32 *)(r1 + 8)
; 15-forwarding.lisp:9:5  (+ (point-x p) (point-y p))))
    2:  r0 += r1
    3:  exit
