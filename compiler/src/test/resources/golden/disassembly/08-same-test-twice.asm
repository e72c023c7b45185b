same_test (tc, 7 instructions)
; 08-same-test-twice.lisp:6:14  (let ((len (ctx len)))
    0:  r2 = *(u32 *)(r1 + 0)
; 08-same-test-twice.lisp:7:11  (when (< len 64)
    1:  if r2 >= 64 goto +3 <5>
; 08-same-test-twice.lisp:10:7  (setf small len)
    2:  r1 = small ll
    4:  *(u64 *)(r1 + 0) = r2
; 08-same-test-twice.lisp:13:3  TC_ACT_OK)
    5:  r0 = 0
    6:  exit
