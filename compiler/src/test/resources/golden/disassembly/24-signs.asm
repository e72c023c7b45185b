signs (xdp, 20 instructions)
; 24-signs.lisp:7:3  (with-packet (d e :min-len 16)
    0:  r3 = *(u32 *)(r1 + 0)
    1:  r2 = *(u32 *)(r1 + 4)
    2:  r1 = r3
    3:  r1 += 16
    4:  if r1 > r2 goto +13 <18>
; 24-signs.lisp:8:18  (let ((delta (load i16 d 4)) (count (load i16 d 6)))
    5:  r2 = *(u16 *)(r3 + 4)
    6:  r2 <<= 48
    7:  r2 s>>= 48
; 24-signs.lisp:8:41  (let ((delta (load i16 d 4)) (count (load i16 d 6)))
    8:  r1 = *(u16 *)(r3 + 6)
; 24-signs.lisp:9:13  (when (s< delta -9)
    9:  if r2 s>= -9 goto +4 <14>
; 24-signs.lisp:10:20  (setf half (>>> delta 1)))
   10:  r2 s>>= 1
; 24-signs.lisp:10:9  (setf half (>>> delta 1)))
   11:  r3 = half ll
   13:  *(u64 *)(r3 + 0) = r2
; 24-signs.lisp:11:18  (setf next (+ count 1))))
   14:  r1 += 1
; 24-signs.lisp:11:7  (setf next (+ count 1))))
   15:  r2 = next ll
   17:  *(u16 *)(r2 + 0) = r1
; 24-signs.lisp:7:3  (with-packet (d e :min-len 16)
   18:  r0 = 2
   19:  exit
