maps (tc, 33 instructions)
; 36-maps.lisp:6:23  (incf (getmap bytes (ctx mark)) (ctx len))
    0:  r2 = *(u32 *)(r1 + 8)
; 36-maps.lisp:6:35  (incf (getmap bytes (ctx mark)) (ctx len))
    1:  r6 = *(u32 *)(r1 + 0)
; 36-maps.lisp:6:23  (incf (getmap bytes (ctx mark)) (ctx len))
    2:  *(u32 *)(r10 - 12) = r2
; 36-maps.lisp:6:3  (incf (getmap bytes (ctx mark)) (ctx len))
    3:  r1 = bytes ll
    5:  r2 = r10
    6:  r2 += -12
    7:  call map_lookup_elem#1
    8:  if r0 != 0 goto +21 <30>
; 36-maps.lisp:6:35  (incf (getmap bytes (ctx mark)) (ctx len))
    9:  *(u64 *)(r10 - 8) = r6
; 36-maps.lisp:6:3  (incf (getmap bytes (ctx mark)) (ctx len))
   10:  r1 = bytes ll
   12:  r2 = r10
   13:  r2 += -12
   14:  r3 = r10
   15:  r3 += -8
   16:  r4 = 1
   17:  call map_update_elem#2
   18:  if w0 == 0 goto +12 <31>
   19:  r1 = bytes ll
   21:  r2 = r10
   22:  r2 += -12
   23:  call map_lookup_elem#1
   24:  if r0 != 0 goto +5 <30>
   25:  r2 = 1
   26:  r1 = bytes__failed_updates ll
   28:  lock *(u64 *)(r1 + 0) += r2
   29:  goto +1 <31>
   30:  lock *(u64 *)(r0 + 0) += r6
; 36-maps.lisp:7:3  TC_ACT_OK)
   31:  r0 = 0
   32:  exit
