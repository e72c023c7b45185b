narrow_arithmetic (tc, 14 instructions)
; 23-narrow-arithmetic.lisp:8:13  (let* ((a (ctx len)) (b (ctx mark)) (product u32 (* a b)))
    0:  r2 = *(u32 *)(r1 + 0)
; 23-narrow-arithmetic.lisp:8:27  (let* ((a (ctx len)) (b (ctx mark)) (product u32 (* a b)))
    1:  r4 = *(u32 *)(r1 + 8)
; 23-narrow-arithmetic.lisp:8:52  (let* ((a (ctx len)) (b (ctx mark)) (product u32 (* a b)))
    2:  r1 = r2
    3:  w1 *= w4
; 23-narrow-arithmetic.lisp:9:5  (setf low product
    4:  r3 = low ll
    6:  *(u64 *)(r3 + 0) = r1
; 23-narrow-arithmetic.lisp:10:27  field (cast i32 (- a b))
    7:  r1 = r2
    8:  r1 -= r4
; 23-narrow-arithmetic.lisp:9:5  (setf low product
    9:  *(u32 *)(r3 + 8) = r1
; 23-narrow-arithmetic.lisp:11:16  wide (+ a b)))
   10:  r2 += r4
; 23-narrow-arithmetic.lisp:9:5  (setf low product
   11:  *(u64 *)(r3 + 16) = r2
; 23-narrow-arithmetic.lisp:12:3  TC_ACT_OK)
   12:  r0 = 0
   13:  exit
