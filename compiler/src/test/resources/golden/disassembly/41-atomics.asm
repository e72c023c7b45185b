atomics (tc, 16 instructions)
; 41-atomics.lisp:6:1  (defprog atomics (:type :tc :section "tc")
    0:  r6 = r1
; 41-atomics.lisp:7:29  (when-let ((a (getmap all 0)))
    1:  *(u32 *)(r10 - 4) = 0
; 41-atomics.lisp:7:17  (when-let ((a (getmap all 0)))
    2:  r1 = all ll
    4:  r2 = r10
    5:  r2 += -4
    6:  call map_lookup_elem#1
; 41-atomics.lisp:7:14  (when-let ((a (getmap all 0)))
    7:  if r0 != 0 goto +2 <10>
; 41-atomics.lisp:10:3  TC_ACT_OK)
    8:  r0 = 0
    9:  exit
; 41-atomics.lisp:8:43  (atomic-add a (offsetof totals bytes) (ctx len))
   10:  r1 = *(u32 *)(r6 + 0)
; 41-atomics.lisp:8:5  (atomic-add a (offsetof totals bytes) (ctx len))
   11:  lock *(u64 *)(r0 + 8) += r1
; 41-atomics.lisp:9:13  (return (atomic-fetch-add a (offsetof totals packets) 1)))
   12:  r1 = 1
   13:  r1 = fetch lock *(u64 *)(r0 + 0) += r1
; 41-atomics.lisp:9:5  (return (atomic-fetch-add a (offsetof totals packets) 1)))
   14:  r0 = r1
   15:  exit
