proven (tc, 32 instructions)
; 20-proven-index.lisp:6:1  (defprog proven (:type :tc :section "tc")
    0:  r6 = r1
; 20-proven-index.lisp:7:33  (when-let ((tb (getmap tables 0)))
    1:  *(u32 *)(r10 - 4) = 0
; 20-proven-index.lisp:7:18  (when-let ((tb (getmap tables 0)))
    2:  r1 = tables ll
    4:  r2 = r10
    5:  r2 += -4
    6:  call map_lookup_elem#1
; 20-proven-index.lisp:7:14  (when-let ((tb (getmap tables 0)))
    7:  r1 = 0
    8:  if r0 == 0 goto +21 <30>
; 20-proven-index.lisp:8:17  (let ((mark (ctx mark)) (len (ctx len)))
    9:  r1 = *(u32 *)(r6 + 8)
; 20-proven-index.lisp:8:34  (let ((mark (ctx mark)) (len (ctx len)))
   10:  r2 = *(u32 *)(r6 + 0)
; 20-proven-index.lisp:9:27  (+ (table-counts tb (logand mark 15))
   11:  r1 &= 15
; 20-proven-index.lisp:9:10  (+ (table-counts tb (logand mark 15))
   12:  r1 <<= 2
   13:  r1 += r0
   14:  r1 = *(u32 *)(r1 + 0)
; 20-proven-index.lisp:10:14  (if (< len 16) (table-counts tb len) 0)
   15:  if r2 < 16 goto +2 <18>
   16:  r2 = 0
   17:  goto +3 <21>
; 20-proven-index.lisp:10:25  (if (< len 16) (table-counts tb len) 0)
   18:  r2 <<= 2
   19:  r2 += r0
   20:  r2 = *(u32 *)(r2 + 0)
; 20-proven-index.lisp:9:7  (+ (table-counts tb (logand mark 15))
   21:  r1 += r2
; 20-proven-index.lisp:11:27  (table-counts tb (ctx queue-mapping))))))
   22:  r2 = *(u32 *)(r6 + 12)
; 20-proven-index.lisp:11:10  (table-counts tb (ctx queue-mapping))))))
   23:  if r2 < 16 goto +2 <26>
   24:  r2 = 0
   25:  goto +3 <29>
   26:  r2 <<= 2
   27:  r2 += r0
   28:  r2 = *(u32 *)(r2 + 0)
; 20-proven-index.lisp:9:7  (+ (table-counts tb (logand mark 15))
   29:  r1 += r2
; 20-proven-index.lisp:7:3  (when-let ((tb (getmap tables 0)))
   30:  r0 = r1
   31:  exit
