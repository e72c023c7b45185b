shared_lookups (tracepoint/sched/sched_switch, 27 instructions)
; 13-shared-lookups.lisp:7:3  (with-ringbuf (n out (sizeof note))
    0:  r1 = out ll
    2:  r2 = 8
    3:  r3 = 0
    4:  call ringbuf_reserve#131
    5:  r6 = r0
    6:  *(u32 *)(r10 - 4) = 0
    7:  r1 = .whistler.stats ll
    9:  r2 = r10
   10:  r2 += -4
   11:  call map_lookup_elem#1
   12:  r7 = r0
   13:  if r6 != 0 goto +4 <18>
   14:  if r7 == 0 goto +10 <25>
   15:  r1 = 1
   16:  lock *(u64 *)(r7 + 8) += r1
   17:  goto +7 <25>
; 13-shared-lookups.lisp:8:5  (setf (note-at n) 7))
   18:  *(u64 *)(r6 + 0) = 7
; 13-shared-lookups.lisp:7:3  (with-ringbuf (n out (sizeof note))
   19:  r1 = r6
   20:  r2 = 0
   21:  call ringbuf_submit#132
   22:  if r7 == 0 goto +2 <25>
   23:  r1 = 1
   24:  lock *(u64 *)(r7 + 0) += r1
; 13-shared-lookups.lisp:9:3  0)
   25:  r0 = 0
   26:  exit
