tests (tc, 15 instructions)
; 46-tests-merged.lisp:6:10  (if (> (ctx len) 1000)
    0:  r1 = *(u32 *)(r1 + 0)
; 46-tests-merged.lisp:6:7  (if (> (ctx len) 1000)
    1:  if r1 > 1000 goto +2 <4>
; 46-tests-merged.lisp:8:27  (incf (getmap drops 1)))
    2:  *(u32 *)(r10 - 4) = 1
    3:  goto +1 <5>
; 46-tests-merged.lisp:7:27  (incf (getmap drops 0))
    4:  *(u32 *)(r10 - 4) = 0
; 46-tests-merged.lisp:7:7  (incf (getmap drops 0))
    5:  r1 = drops ll
    7:  r2 = r10
    8:  r2 += -4
    9:  call map_lookup_elem#1
   10:  if r0 == 0 goto +2 <13>
; 46-tests-merged.lisp:8:7  (incf (getmap drops 1)))
   11:  r1 = 1
   12:  lock *(u64 *)(r0 + 0) += r1
; 46-tests-merged.lisp:9:3  TC_ACT_OK)
   13:  r0 = 0
   14:  exit
