long_loop__loop1 (.text, 6 instructions)
; 27-long-loops.lisp:5:5  (dotimes (i 1000000)
    0:  r3 = *(u64 *)(r2 + 16)
; 27-long-loops.lisp:6:25  (setf sum (logxor (* sum 31) i)))
    1:  r3 *= 31
; 27-long-loops.lisp:6:17  (setf sum (logxor (* sum 31) i)))
    2:  r3 ^= r1
    3:  *(u64 *)(r2 + 16) = r3
    4:  r0 = 0
    5:  exit

long_loop (xdp, 11 instructions)
; 27-long-loops.lisp:5:5  (dotimes (i 1000000)
    0:  *(u64 *)(r10 - 24) = 0
    1:  *(u64 *)(r10 - 8) = 0
    2:  r1 = 1000000
    3:  r2 = long_loop__loop1 ll
    5:  r3 = r10
    6:  r3 += -24
    7:  r4 = 0
    8:  call loop#181
    9:  r0 = *(u64 *)(r10 - 8)
; 27-long-loops.lisp:7:5  sum))
   10:  exit
