cheaper (xdp, 18 instructions)
; 02-cheaper-operations.lisp:6:12  (let ((x n))
    0:  r4 = n ll
    2:  r2 = *(u64 *)(r4 + 0)
; 02-cheaper-operations.lisp:7:16  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
    3:  r1 = r2
    4:  r1 <<= 3
; 02-cheaper-operations.lisp:7:24  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
    5:  r3 = r2
    6:  r3 >>= 4
; 02-cheaper-operations.lisp:7:13  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
    7:  r1 += r3
; 02-cheaper-operations.lisp:7:33  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
    8:  r3 = r2
    9:  r3 &= 31
; 02-cheaper-operations.lisp:7:13  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
   10:  r1 += r3
   11:  r1 += r2
   12:  r1 += r2
; 02-cheaper-operations.lisp:7:65  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
   13:  r2 /= 10
; 02-cheaper-operations.lisp:7:13  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
   14:  r1 += r2
; 02-cheaper-operations.lisp:7:5  (setf n (+ (* x 8) (/ x 16) (mod x 32) (logior x 0) (* x 1) (/ x 10))))
   15:  *(u64 *)(r4 + 0) = r1
; 02-cheaper-operations.lisp:8:3  XDP_PASS)
   16:  r0 = 2
   17:  exit
