tails (tc, 21 instructions)
; 35-tails-merged.lisp:7:10  (if (> (ctx len) 1000)
    0:  r1 = *(u32 *)(r1 + 0)
; 35-tails-merged.lisp:7:7  (if (> (ctx len) 1000)
    1:  if r1 > 1000 goto +8 <10>
; 35-tails-merged.lisp:9:27  (incf (getmap small 0)))
    2:  *(u32 *)(r10 - 4) = 0
; 35-tails-merged.lisp:9:7  (incf (getmap small 0)))
    3:  r1 = small ll
    5:  r2 = r10
    6:  r2 += -4
    7:  call map_lookup_elem#1
    8:  if r0 != 0 goto +8 <17>
    9:  goto +9 <19>
; 35-tails-merged.lisp:8:27  (incf (getmap large 0))
   10:  *(u32 *)(r10 - 4) = 0
; 35-tails-merged.lisp:8:7  (incf (getmap large 0))
   11:  r1 = large ll
   13:  r2 = r10
   14:  r2 += -4
   15:  call map_lookup_elem#1
   16:  if r0 == 0 goto +2 <19>
; 35-tails-merged.lisp:9:7  (incf (getmap small 0)))
   17:  r1 = 1
   18:  lock *(u64 *)(r0 + 0) += r1
; 35-tails-merged.lisp:10:3  TC_ACT_OK)
   19:  r0 = 0
   20:  exit
