== v1 ==
sets (xdp, 24 instructions)
; 43-instruction-sets.lisp:7:3  (with-packet (d e :min-len 16)
    0:  r3 = *(u32 *)(r1 + 0)
    1:  r2 = *(u32 *)(r1 + 4)
    2:  r1 = r3
    3:  r1 += 16
    4:  if r1 > r2 goto +17 <22>
; 43-instruction-sets.lisp:8:18  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    5:  r2 = *(u16 *)(r3 + 4)
    6:  r2 <<= 48
    7:  r2 s>>= 48
; 43-instruction-sets.lisp:8:37  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    8:  r1 = *(u32 *)(r3 + 8)
    9:  r1 <<= 32
   10:  r1 s>>= 32
; 43-instruction-sets.lisp:9:13  (when (s< n -7)
   11:  if r1 s>= -7 goto +3 <15>
; 43-instruction-sets.lisp:10:9  (setf small delta))
   12:  r1 = small ll
   14:  *(u64 *)(r1 + 0) = r2
; 43-instruction-sets.lisp:11:16  (when (< (load u32 d 0) (load u32 d 12))
   15:  r2 = *(u32 *)(r3 + 0)
; 43-instruction-sets.lisp:11:31  (when (< (load u32 d 0) (load u32 d 12))
   16:  r1 = *(u32 *)(r3 + 12)
; 43-instruction-sets.lisp:11:13  (when (< (load u32 d 0) (load u32 d 12))
   17:  if r1 > r2 goto +1 <19>
   18:  goto +3 <22>
; 43-instruction-sets.lisp:12:9  (setf small 1))))
   19:  r1 = small ll
   21:  *(u64 *)(r1 + 0) = 1
; 43-instruction-sets.lisp:13:3  XDP_PASS)
   22:  r0 = 2
   23:  exit
== v2 ==
sets (xdp, 23 instructions)
; 43-instruction-sets.lisp:7:3  (with-packet (d e :min-len 16)
    0:  r3 = *(u32 *)(r1 + 0)
    1:  r2 = *(u32 *)(r1 + 4)
    2:  r1 = r3
    3:  r1 += 16
    4:  if r1 > r2 goto +16 <21>
; 43-instruction-sets.lisp:8:18  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    5:  r2 = *(u16 *)(r3 + 4)
    6:  r2 <<= 48
    7:  r2 s>>= 48
; 43-instruction-sets.lisp:8:37  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    8:  r1 = *(u32 *)(r3 + 8)
    9:  r1 <<= 32
   10:  r1 s>>= 32
; 43-instruction-sets.lisp:9:13  (when (s< n -7)
   11:  if r1 s>= -7 goto +3 <15>
; 43-instruction-sets.lisp:10:9  (setf small delta))
   12:  r1 = small ll
   14:  *(u64 *)(r1 + 0) = r2
; 43-instruction-sets.lisp:11:16  (when (< (load u32 d 0) (load u32 d 12))
   15:  r2 = *(u32 *)(r3 + 0)
; 43-instruction-sets.lisp:11:31  (when (< (load u32 d 0) (load u32 d 12))
   16:  r1 = *(u32 *)(r3 + 12)
; 43-instruction-sets.lisp:11:13  (when (< (load u32 d 0) (load u32 d 12))
   17:  if r2 >= r1 goto +3 <21>
; 43-instruction-sets.lisp:12:9  (setf small 1))))
   18:  r1 = small ll
   20:  *(u64 *)(r1 + 0) = 1
; 43-instruction-sets.lisp:13:3  XDP_PASS)
   21:  r0 = 2
   22:  exit
== v3 ==
sets (xdp, 21 instructions)
; 43-instruction-sets.lisp:7:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 16
    4:  if r1 > r3 goto +14 <19>
; 43-instruction-sets.lisp:8:18  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    5:  r1 = *(u16 *)(r2 + 4)
    6:  r1 <<= 48
    7:  r1 s>>= 48
; 43-instruction-sets.lisp:8:37  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    8:  r3 = *(u32 *)(r2 + 8)
; 43-instruction-sets.lisp:9:13  (when (s< n -7)
    9:  if w3 s>= -7 goto +3 <13>
; 43-instruction-sets.lisp:10:9  (setf small delta))
   10:  r3 = small ll
   12:  *(u64 *)(r3 + 0) = r1
; 43-instruction-sets.lisp:11:16  (when (< (load u32 d 0) (load u32 d 12))
   13:  r3 = *(u32 *)(r2 + 0)
; 43-instruction-sets.lisp:11:31  (when (< (load u32 d 0) (load u32 d 12))
   14:  r1 = *(u32 *)(r2 + 12)
; 43-instruction-sets.lisp:11:13  (when (< (load u32 d 0) (load u32 d 12))
   15:  if r3 >= r1 goto +3 <19>
; 43-instruction-sets.lisp:12:9  (setf small 1))))
   16:  r1 = small ll
   18:  *(u64 *)(r1 + 0) = 1
; 43-instruction-sets.lisp:13:3  XDP_PASS)
   19:  r0 = 2
   20:  exit
== v4 ==
sets (xdp, 19 instructions)
; 43-instruction-sets.lisp:7:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 16
    4:  if r1 > r3 goto +12 <17>
; 43-instruction-sets.lisp:8:18  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    5:  r3 = *(s16 *)(r2 + 4)
; 43-instruction-sets.lisp:8:37  (let ((delta (load i16 d 4)) (n (load i32 d 8)))
    6:  r1 = *(u32 *)(r2 + 8)
; 43-instruction-sets.lisp:9:13  (when (s< n -7)
    7:  if w1 s>= -7 goto +3 <11>
; 43-instruction-sets.lisp:10:9  (setf small delta))
    8:  r1 = small ll
   10:  *(u64 *)(r1 + 0) = r3
; 43-instruction-sets.lisp:11:16  (when (< (load u32 d 0) (load u32 d 12))
   11:  r3 = *(u32 *)(r2 + 0)
; 43-instruction-sets.lisp:11:31  (when (< (load u32 d 0) (load u32 d 12))
   12:  r1 = *(u32 *)(r2 + 12)
; 43-instruction-sets.lisp:11:13  (when (< (load u32 d 0) (load u32 d 12))
   13:  if r3 >= r1 goto +3 <17>
; 43-instruction-sets.lisp:12:9  (setf small 1))))
   14:  r1 = small ll
   16:  *(u64 *)(r1 + 0) = 1
; 43-instruction-sets.lisp:13:3  XDP_PASS)
   17:  r0 = 2
   18:  exit
