loops (xdp, 20 instructions)
; 26-loops.lisp:7:33  (when-let ((tb (getmap tables 0)))
    0:  *(u32 *)(r10 - 4) = 0
; 26-loops.lisp:7:18  (when-let ((tb (getmap tables 0)))
    1:  r1 = tables ll
    3:  r2 = r10
    4:  r2 += -4
    5:  call map_lookup_elem#1
; 26-loops.lisp:7:14  (when-let ((tb (getmap tables 0)))
    6:  r1 = 0
    7:  r2 = 0
    8:  if r0 != 0 goto +2 <11>
    9:  r1 = 0
   10:  goto +7 <18>
; 26-loops.lisp:10:26  (setf sum (+ sum (table-counts tb i))))
   11:  r3 = r2
   12:  r3 <<= 3
   13:  r3 += r0
   14:  r3 = *(u64 *)(r3 + 0)
; 26-loops.lisp:10:19  (setf sum (+ sum (table-counts tb i))))
   15:  r1 += r3
; 26-loops.lisp:9:7  (dotimes (i 128)
   16:  r2 += 1
   17:  if r2 != 128 goto -7 <11>
; 26-loops.lisp:7:3  (when-let ((tb (getmap tables 0)))
   18:  r0 = r1
   19:  exit
