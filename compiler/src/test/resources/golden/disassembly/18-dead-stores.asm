dead_stores (tc, 34 instructions)
; 18-dead-stores.lisp:6:1  (defprog dead-stores (:type :tc :section "tc")
    0:  r8 = r1
; 18-dead-stores.lisp:7:3  (with-ringbuf (e out (sizeof event))
    1:  r1 = out ll
    3:  r2 = 24
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
   15:  if r7 == 0 goto +16 <32>
   16:  r1 = 1
   17:  lock *(u64 *)(r7 + 8) += r1
   18:  goto +13 <32>
   19:  *(u32 *)(r6 + 20) = 0
; 18-dead-stores.lisp:9:24  (setf (event-at e) (ktime-get-ns)
   20:  call ktime_get_ns#5
; 18-dead-stores.lisp:9:5  (setf (event-at e) (ktime-get-ns)
   21:  *(u64 *)(r6 + 0) = r0
; 18-dead-stores.lisp:10:26  (event-mark e) (ctx mark)
   22:  r1 = *(u32 *)(r8 + 8)
; 18-dead-stores.lisp:9:5  (setf (event-at e) (ktime-get-ns)
   23:  *(u64 *)(r6 + 8) = r1
; 18-dead-stores.lisp:11:25  (event-len e) (ctx len)))
   24:  r1 = *(u32 *)(r8 + 0)
; 18-dead-stores.lisp:9:5  (setf (event-at e) (ktime-get-ns)
   25:  *(u32 *)(r6 + 16) = r1
; 18-dead-stores.lisp:7:3  (with-ringbuf (e out (sizeof event))
   26:  r1 = r6
   27:  r2 = 0
   28:  call ringbuf_submit#132
   29:  if r7 == 0 goto +2 <32>
   30:  r1 = 1
   31:  lock *(u64 *)(r7 + 0) += r1
; 18-dead-stores.lisp:12:3  TC_ACT_OK)
   32:  r0 = 0
   33:  exit
