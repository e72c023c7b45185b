some_ways (tc, 35 instructions)
; 19-stores-of-some-ways.lisp:6:1  (defprog some-ways (:type :tc :section "tc")
    0:  r8 = r1
; 19-stores-of-some-ways.lisp:7:3  (with-ringbuf (e out (sizeof event))
    1:  r1 = out ll
    3:  r2 = 16
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
   15:  if r7 == 0 goto +17 <33>
   16:  r1 = 1
   17:  lock *(u64 *)(r7 + 8) += r1
   18:  goto +14 <33>
   19:  *(u64 *)(r6 + 0) = 0
; 19-stores-of-some-ways.lisp:8:12  (if (> (ctx len) 100)
   20:  r1 = *(u32 *)(r8 + 0)
; 19-stores-of-some-ways.lisp:8:9  (if (> (ctx len) 100)
   21:  if r1 > 100 goto +4 <26>
; 19-stores-of-some-ways.lisp:10:9  (setf (event-len e) (ctx len)
   22:  *(u64 *)(r6 + 8) = r1
; 19-stores-of-some-ways.lisp:11:30  (event-mark e) (ctx mark))))
   23:  r1 = *(u32 *)(r8 + 8)
; 19-stores-of-some-ways.lisp:10:9  (setf (event-len e) (ctx len)
   24:  *(u64 *)(r6 + 0) = r1
   25:  goto +1 <27>
; 19-stores-of-some-ways.lisp:9:9  (setf (event-len e) 100)
   26:  *(u64 *)(r6 + 8) = 100
; 19-stores-of-some-ways.lisp:7:3  (with-ringbuf (e out (sizeof event))
   27:  r1 = r6
   28:  r2 = 0
   29:  call ringbuf_submit#132
   30:  if r7 == 0 goto +2 <33>
   31:  r1 = 1
   32:  lock *(u64 *)(r7 + 0) += r1
; 19-stores-of-some-ways.lisp:12:3  TC_ACT_OK)
   33:  r0 = 0
   34:  exit
