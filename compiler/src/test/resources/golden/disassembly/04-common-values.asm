common (tc, 13 instructions)
; 04-common-values.lisp:6:12  (let ((a (ctx len)) (b (ctx mark)))
    0:  r3 = *(u32 *)(r1 + 0)
; 04-common-values.lisp:6:26  (let ((a (ctx len)) (b (ctx mark)))
    1:  r1 = *(u32 *)(r1 + 8)
; 04-common-values.lisp:7:15  (setf out (* a b))
    2:  r1 *= r3
; 04-common-values.lisp:7:5  (setf out (* a b))
    3:  r2 = out ll
    5:  *(u64 *)(r2 + 0) = r1
; 04-common-values.lisp:8:11  (when (> (* a b) 4096)
    6:  if r1 <= 4096 goto +4 <11>
; 04-common-values.lisp:9:17  (setf out (+ (* a b) (ctx len)))))
    7:  r1 += r3
; 04-common-values.lisp:9:7  (setf out (+ (* a b) (ctx len)))))
    8:  r2 = out ll
   10:  *(u64 *)(r2 + 0) = r1
; 04-common-values.lisp:10:3  TC_ACT_OK)
   11:  r0 = 0
   12:  exit
