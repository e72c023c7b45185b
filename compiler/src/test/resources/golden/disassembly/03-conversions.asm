conversions (xdp, 13 instructions)
; 03-conversions.lisp:6:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 16
    4:  if r1 > r3 goto +6 <11>
; 03-conversions.lisp:7:18  (let ((a u16 (load u8 d 0)) (b u32 (load u8 d 1)))
    5:  r1 = *(u8 *)(r2 + 0)
; 03-conversions.lisp:7:40  (let ((a u16 (load u8 d 0)) (b u32 (load u8 d 1)))
    6:  r2 = *(u8 *)(r2 + 1)
; 03-conversions.lisp:8:18  (setf seen (+ (cast u32 a) (cast u64 b)))))
    7:  r1 += r2
; 03-conversions.lisp:8:7  (setf seen (+ (cast u32 a) (cast u64 b)))))
    8:  r2 = seen ll
   10:  *(u8 *)(r2 + 0) = r1
; 03-conversions.lisp:6:3  (with-packet (d e :min-len 16)
   11:  r0 = 2
   12:  exit
