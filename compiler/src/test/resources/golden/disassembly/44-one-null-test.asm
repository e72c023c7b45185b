one_null_test (tc, 27 instructions)
; 44-one-null-test.lisp:8:25  (setf (event-len e) (ctx len)
    0:  r2 = *(u32 *)(r1 + 0)
; 44-one-null-test.lisp:8:5  (setf (event-len e) (ctx len)
    1:  *(u32 *)(r10 - 8) = r2
; 44-one-null-test.lisp:9:26  (event-mark e) (ctx mark))
    2:  r1 = *(u32 *)(r1 + 8)
; 44-one-null-test.lisp:8:5  (setf (event-len e) (ctx len)
    3:  *(u32 *)(r10 - 4) = r1
; 44-one-null-test.lisp:10:5  (ringbuf-output out e (sizeof event) 0))
    4:  r1 = out ll
    6:  r2 = r10
    7:  r2 += -8
    8:  r3 = 8
    9:  r4 = 0
   10:  call ringbuf_output#130
   11:  r6 = r0
   12:  *(u32 *)(r10 - 4) = 0
   13:  r1 = .whistler.stats ll
   15:  r2 = r10
   16:  r2 += -4
   17:  call map_lookup_elem#1
   18:  if r0 == 0 goto +6 <25>
   19:  if r6 != 0 goto +3 <23>
   20:  r1 = 1
   21:  lock *(u64 *)(r0 + 0) += r1
   22:  goto +2 <25>
   23:  r1 = 1
   24:  lock *(u64 *)(r0 + 8) += r1
; 44-one-null-test.lisp:11:3  TC_ACT_OK)
   25:  r0 = 0
   26:  exit
