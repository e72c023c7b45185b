== v3 ==
signed_loads (xdp, 23 instructions)
; 47-signed-loads.lisp:8:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 16
    4:  if r1 > r3 goto +16 <21>
; 47-signed-loads.lisp:9:17  (let ((word (load u16 d 6)))
    5:  r3 = *(u16 *)(r2 + 6)
; 47-signed-loads.lisp:10:20  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
    6:  r1 = *(u32 *)(r2 + 0)
    7:  r1 <<= 32
    8:  r1 s>>= 32
; 47-signed-loads.lisp:10:35  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
    9:  r2 = *(u8 *)(r2 + 4)
   10:  r2 <<= 56
   11:  r2 s>>= 56
; 47-signed-loads.lisp:10:17  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
   12:  r1 += r2
; 47-signed-loads.lisp:10:49  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
   13:  r2 = r3
   14:  r2 <<= 48
   15:  r2 s>>= 48
; 47-signed-loads.lisp:10:17  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
   16:  r1 += r2
; 47-signed-loads.lisp:10:7  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
   17:  r2 = sum ll
   19:  *(u64 *)(r2 + 0) = r1
   20:  *(u64 *)(r2 + 8) = r3
; 47-signed-loads.lisp:8:3  (with-packet (d e :min-len 16)
   21:  r0 = 2
   22:  exit
== v4 ==
signed_loads (xdp, 17 instructions)
; 47-signed-loads.lisp:8:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 16
    4:  if r1 > r3 goto +10 <15>
; 47-signed-loads.lisp:9:17  (let ((word (load u16 d 6)))
    5:  r3 = *(u16 *)(r2 + 6)
; 47-signed-loads.lisp:10:20  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
    6:  r1 = *(s32 *)(r2 + 0)
; 47-signed-loads.lisp:10:35  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
    7:  r2 = *(s8 *)(r2 + 4)
; 47-signed-loads.lisp:10:17  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
    8:  r1 += r2
; 47-signed-loads.lisp:10:49  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
    9:  r2 = (s16)r3
; 47-signed-loads.lisp:10:17  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
   10:  r1 += r2
; 47-signed-loads.lisp:10:7  (setf sum (+ (load i32 d 0) (load i8 d 4) (cast i16 word))
   11:  r2 = sum ll
   13:  *(u64 *)(r2 + 0) = r1
   14:  *(u64 *)(r2 + 8) = r3
; 47-signed-loads.lisp:8:3  (with-packet (d e :min-len 16)
   15:  r0 = 2
   16:  exit
