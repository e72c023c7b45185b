one_lookup (tc, 13 instructions)
; 16-one-lookup.lisp:6:25  (when (< (getmap hits 3) 100)
    0:  *(u32 *)(r10 - 4) = 3
; 16-one-lookup.lisp:6:12  (when (< (getmap hits 3) 100)
    1:  r1 = hits ll
    3:  r2 = r10
    4:  r2 += -4
    5:  call map_lookup_elem#1
    6:  if r0 == 0 goto +4 <11>
    7:  r1 = *(u64 *)(r0 + 0)
; 16-one-lookup.lisp:6:9  (when (< (getmap hits 3) 100)
    8:  if r1 >= 100 goto +2 <11>
; 16-one-lookup.lisp:7:5  (incf (getmap hits 3)))
    9:  r1 = 1
   10:  lock *(u64 *)(r0 + 0) += r1
; 16-one-lookup.lisp:8:3  TC_ACT_OK)
   11:  r0 = 0
   12:  exit
