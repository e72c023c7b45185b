copied (xdp, 17 instructions)
; 25-loops-copied.lisp:5:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 16
    4:  if r1 > r3 goto +10 <15>
; 25-loops-copied.lisp:8:22  (setf s (+ s (load u8 d i))))
    5:  r1 = *(u8 *)(r2 + 0)
    6:  r3 = *(u8 *)(r2 + 1)
; 25-loops-copied.lisp:8:17  (setf s (+ s (load u8 d i))))
    7:  r1 += r3
; 25-loops-copied.lisp:8:22  (setf s (+ s (load u8 d i))))
    8:  r3 = *(u8 *)(r2 + 2)
; 25-loops-copied.lisp:8:17  (setf s (+ s (load u8 d i))))
    9:  r1 += r3
; 25-loops-copied.lisp:8:22  (setf s (+ s (load u8 d i))))
   10:  r2 = *(u8 *)(r2 + 3)
; 25-loops-copied.lisp:8:17  (setf s (+ s (load u8 d i))))
   11:  r1 += r2
; 25-loops-copied.lisp:9:7  (setf sum s)))
   12:  r2 = sum ll
   14:  *(u64 *)(r2 + 0) = r1
; 25-loops-copied.lisp:5:3  (with-packet (d e :min-len 16)
   15:  r0 = 2
   16:  exit
