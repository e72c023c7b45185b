shown (tc, 25 instructions)
; 21-shown-bounds.lisp:6:1  (defprog shown (:type :tc :section "tc")
    0:  r6 = r1
; 21-shown-bounds.lisp:7:33  (when-let ((tb (getmap tables 0)))
    1:  *(u32 *)(r10 - 4) = 0
; 21-shown-bounds.lisp:7:18  (when-let ((tb (getmap tables 0)))
    2:  r1 = tables ll
    4:  r2 = r10
    5:  r2 += -4
    6:  call map_lookup_elem#1
; 21-shown-bounds.lisp:7:14  (when-let ((tb (getmap tables 0)))
    7:  r1 = 0
    8:  if r0 == 0 goto +14 <23>
; 21-shown-bounds.lisp:8:28  (+ (table-wide tb (mod (ctx mark) 12))
    9:  r1 = *(u32 *)(r6 + 8)
; 21-shown-bounds.lisp:8:23  (+ (table-wide tb (mod (ctx mark) 12))
   10:  r1 %= 12
   11:  r1 &= 15
; 21-shown-bounds.lisp:8:8  (+ (table-wide tb (mod (ctx mark) 12))
   12:  r1 <<= 2
   13:  r1 += r0
   14:  r1 = *(u32 *)(r1 + 0)
; 21-shown-bounds.lisp:9:30  (table-narrow tb (mod (ctx len) 12)))))
   15:  r2 = *(u32 *)(r6 + 0)
; 21-shown-bounds.lisp:9:25  (table-narrow tb (mod (ctx len) 12)))))
   16:  r2 %= 12
   17:  if r2 < 12 goto +1 <19>
   18:  r2 = 0
; 21-shown-bounds.lisp:9:8  (table-narrow tb (mod (ctx len) 12)))))
   19:  r2 <<= 2
   20:  r2 += r0
   21:  r2 = *(u32 *)(r2 + 64)
; 21-shown-bounds.lisp:8:5  (+ (table-wide tb (mod (ctx mark) 12))
   22:  r1 += r2
; 21-shown-bounds.lisp:7:3  (when-let ((tb (getmap tables 0)))
   23:  r0 = r1
   24:  exit
