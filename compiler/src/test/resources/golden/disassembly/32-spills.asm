spills (xdp, 33 instructions)
; 32-spills.lisp:6:3  (with-packet (d e :min-len 64)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 64
    4:  if r1 > r3 goto +26 <31>
; 32-spills.lisp:7:14  (let ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16))
    5:  r1 = *(u64 *)(r2 + 0)
    6:  *(u64 *)(r10 - 8) = r1
; 32-spills.lisp:7:33  (let ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16))
    7:  r1 = *(u64 *)(r2 + 8)
    8:  *(u64 *)(r10 - 16) = r1
; 32-spills.lisp:7:52  (let ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16))
    9:  r6 = *(u64 *)(r2 + 16)
; 32-spills.lisp:8:14  (x (load u64 d 24)) (y (load u64 d 32)) (z (load u64 d 40)))
   10:  r7 = *(u64 *)(r2 + 24)
; 32-spills.lisp:8:34  (x (load u64 d 24)) (y (load u64 d 32)) (z (load u64 d 40)))
   11:  r8 = *(u64 *)(r2 + 32)
; 32-spills.lisp:8:54  (x (load u64 d 24)) (y (load u64 d 32)) (z (load u64 d 40)))
   12:  r9 = *(u64 *)(r2 + 40)
; 32-spills.lisp:9:18  (let ((now (ktime-get-ns)))
   13:  call ktime_get_ns#5
; 32-spills.lisp:10:22  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   14:  r1 = *(u64 *)(r10 - 8)
   15:  r1 *= r0
; 32-spills.lisp:10:32  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   16:  r2 = *(u64 *)(r10 - 16)
   17:  r2 *= r0
   18:  *(u64 *)(r10 - 16) = r2
; 32-spills.lisp:10:19  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   19:  r1 += r2
; 32-spills.lisp:10:42  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   20:  r6 *= r0
; 32-spills.lisp:10:19  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   21:  r1 += r6
; 32-spills.lisp:10:52  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   22:  r7 *= r0
; 32-spills.lisp:10:19  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   23:  r1 += r7
; 32-spills.lisp:10:62  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   24:  r8 *= r0
; 32-spills.lisp:10:19  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   25:  r1 += r8
; 32-spills.lisp:10:72  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   26:  r9 *= r0
; 32-spills.lisp:10:19  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   27:  r1 += r9
; 32-spills.lisp:10:9  (setf out (+ (* a now) (* b now) (* c now) (* x now) (* y now) (* z now))))))
   28:  r2 = out ll
   30:  *(u64 *)(r2 + 0) = r1
; 32-spills.lisp:6:3  (with-packet (d e :min-len 64)
   31:  r0 = 2
   32:  exit
