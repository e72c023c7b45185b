ring_buffer (tc, 37 instructions)
; 37-ring-buffer.lisp:6:1  (defprog ring-buffer (:type :tc :section "tc")
    0:  r8 = r1
; 37-ring-buffer.lisp:7:3  (with-ringbuf (e out (sizeof event))
    1:  r1 = out ll
    3:  r2 = 8
    4:  r3 = 0
    5:  call ringbuf_reserve#131
    6:  r6 = r0
    7:  *(u32 *)(r10 - 4) = 0
    8:  r1 = .whistler.stats ll
   10:  r2 = r10
   11:  r2 += -4
   12:  call map_lookup_elem#1
   13:  r7 = r0
   14:  if r6 != 0 goto +4 <19>
   15:  if r7 == 0 goto +14 <30>
   16:  r1 = 1
   17:  lock *(u64 *)(r7 + 8) += r1
   18:  goto +11 <30>
; 37-ring-buffer.lisp:8:14  (when (< (ctx len) 60)
   19:  r2 = *(u32 *)(r8 + 0)
; 37-ring-buffer.lisp:8:11  (when (< (ctx len) 60)
   20:  if r2 < 60 goto +11 <32>
; 37-ring-buffer.lisp:10:26  (setf (event-mark e) (ctx mark)
   21:  r1 = *(u32 *)(r8 + 8)
; 37-ring-buffer.lisp:10:5  (setf (event-mark e) (ctx mark)
   22:  *(u32 *)(r6 + 0) = r1
   23:  *(u32 *)(r6 + 4) = r2
; 37-ring-buffer.lisp:7:3  (with-ringbuf (e out (sizeof event))
   24:  r1 = r6
   25:  r2 = 0
   26:  call ringbuf_submit#132
   27:  if r7 == 0 goto +2 <30>
   28:  r1 = 1
   29:  lock *(u64 *)(r7 + 0) += r1
; 37-ring-buffer.lisp:12:3  TC_ACT_OK)
   30:  r0 = 0
   31:  exit
; 37-ring-buffer.lisp:9:7  (return TC_ACT_SHOT))
   32:  r1 = r6
   33:  r2 = 0
   34:  call ringbuf_discard#133
   35:  r0 = 2
   36:  exit
