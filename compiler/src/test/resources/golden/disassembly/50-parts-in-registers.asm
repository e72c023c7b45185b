parts (xdp, 25 instructions)
; 50-parts-in-registers.lisp:7:3  (with-packet (d e :min-len 12)
    0:  r4 = *(u32 *)(r1 + 0)
    1:  r2 = *(u32 *)(r1 + 4)
    2:  r1 = r4
    3:  r1 += 12
    4:  if r1 > r2 goto +18 <23>
; 50-parts-in-registers.lisp:9:7  (memcpy s 0 d 0 12)
    5:  r2 = *(u32 *)(r4 + 0)
    6:  r3 = *(u32 *)(r4 + 4)
    7:  r4 = *(u32 *)(r4 + 8)
; 50-parts-in-registers.lisp:14:15  (setf (words-w s i) b
    8:  r1 = r3
; 50-parts-in-registers.lisp:13:19  (when (> a b)
    9:  if r2 > r3 goto +2 <12>
   10:  r1 = r2
   11:  r2 = r3
; 50-parts-in-registers.lisp:14:15  (setf (words-w s i) b
   12:  r3 = r4
; 50-parts-in-registers.lisp:13:19  (when (> a b)
   13:  if r2 > r4 goto +2 <16>
   14:  r3 = r2
   15:  r2 = r4
   16:  if r1 > r3 goto +1 <18>
   17:  r1 = r3
   18:  if r1 > r2 goto +1 <20>
   19:  r2 = r1
; 50-parts-in-registers.lisp:16:7  (setf median (words-w s 1))))
   20:  r1 = median ll
   22:  *(u64 *)(r1 + 0) = r2
; 50-parts-in-registers.lisp:7:3  (with-packet (d e :min-len 12)
   23:  r0 = 2
   24:  exit
