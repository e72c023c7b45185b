layout (tc, 8 instructions)
; 34-layout.lisp:5:12  (if (> (ctx len) 1000)
    0:  r2 = *(u32 *)(r1 + 0)
; 34-layout.lisp:5:9  (if (> (ctx len) 1000)
    1:  r0 = 1
    2:  if r2 > 1000 goto +1 <4>
; 34-layout.lisp:7:21  (setf class 2))
    3:  r0 = 2
; 34-layout.lisp:8:14  (when (= (ctx mark) 9)
    4:  r1 = *(u32 *)(r1 + 8)
; 34-layout.lisp:8:11  (when (= (ctx mark) 9)
    5:  if r1 != 9 goto +1 <7>
; 34-layout.lisp:9:19  (setf class (+ class 4)))
    6:  r0 += 4
; 34-layout.lisp:10:5  class))
    7:  exit
