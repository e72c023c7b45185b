null_tests (tracepoint/sched/sched_switch, 36 instructions)
; 12-null-tests.lisp:8:13  (let* ((r (ringbuf-reserve out 8 0)) (now (ktime-get-ns)))
    0:  r1 = out ll
    2:  r2 = 8
    3:  r3 = 0
    4:  call ringbuf_reserve#131
    5:  r6 = r0
    6:  r7 = 1
    7:  if r6 != 0 goto +11 <19>
    8:  *(u32 *)(r10 - 4) = 0
    9:  r1 = .whistler.stats ll
   11:  r2 = r10
   12:  r2 += -4
   13:  call map_lookup_elem#1
   14:  r7 = 0
   15:  if r0 == 0 goto +3 <19>
   16:  r1 = 1
   17:  lock *(u64 *)(r0 + 8) += r1
   18:  r7 = 0
; 12-null-tests.lisp:8:45  (let* ((r (ringbuf-reserve out 8 0)) (now (ktime-get-ns)))
   19:  call ktime_get_ns#5
; 12-null-tests.lisp:9:11  (when r
   20:  if r7 == 0 goto +13 <34>
; 12-null-tests.lisp:10:7  (store u64 r 0 now)
   21:  *(u64 *)(r6 + 0) = r0
; 12-null-tests.lisp:11:7  (ringbuf-submit r 0)))
   22:  r1 = r6
   23:  r2 = 0
   24:  call ringbuf_submit#132
   25:  *(u32 *)(r10 - 4) = 0
   26:  r1 = .whistler.stats ll
   28:  r2 = r10
   29:  r2 += -4
   30:  call map_lookup_elem#1
   31:  if r0 == 0 goto +2 <34>
   32:  r1 = 1
   33:  lock *(u64 *)(r0 + 0) += r1
; 12-null-tests.lisp:12:3  0)
   34:  r0 = 0
   35:  exit
