threading (tc, 11 instructions)
; 06-jump-threading.lisp:7:15  (cond ((= (ctx mark) 7) (setf wanted 1))
    0:  r2 = *(u32 *)(r1 + 8)
; 06-jump-threading.lisp:7:12  (cond ((= (ctx mark) 7) (setf wanted 1))
    1:  if r2 == 7 goto +2 <4>
; 06-jump-threading.lisp:8:15  ((> (ctx len) 1000) (setf wanted 1)))
    2:  r1 = *(u32 *)(r1 + 0)
; 06-jump-threading.lisp:8:12  ((> (ctx len) 1000) (setf wanted 1)))
    3:  if r1 <= 1000 goto +5 <9>
; 06-jump-threading.lisp:10:13  (incf hits)))
    4:  r2 = hits ll
    6:  r1 = *(u64 *)(r2 + 0)
; 06-jump-threading.lisp:10:7  (incf hits)))
    7:  r1 += 1
    8:  *(u64 *)(r2 + 0) = r1
; 06-jump-threading.lisp:11:3  TC_ACT_OK)
    9:  r0 = 0
   10:  exit
