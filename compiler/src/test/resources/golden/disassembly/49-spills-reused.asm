spills_reused (xdp, 61 instructions)
; 49-spills-reused.lisp:7:3  (with-packet (d e :min-len 64)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 64
    4:  if r1 > r3 goto +54 <59>
; 49-spills-reused.lisp:8:15  (let* ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16)) (x (load u64 d 24))
    5:  r6 = *(u64 *)(r2 + 0)
; 49-spills-reused.lisp:8:34  (let* ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16)) (x (load u64 d 24))
    6:  r1 = *(u64 *)(r2 + 8)
    7:  *(u64 *)(r10 - 8) = r1
; 49-spills-reused.lisp:8:53  (let* ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16)) (x (load u64 d 24))
    8:  r8 = *(u64 *)(r2 + 16)
; 49-spills-reused.lisp:8:73  (let* ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16)) (x (load u64 d 24))
    9:  r7 = *(u64 *)(r2 + 24)
; 49-spills-reused.lisp:9:16  (id (ktime-get-ns)) (high (>> id 32)) (now (ktime-get-ns)))
   10:  call ktime_get_ns#5
   11:  *(u64 *)(r10 - 16) = r0
; 49-spills-reused.lisp:9:38  (id (ktime-get-ns)) (high (>> id 32)) (now (ktime-get-ns)))
   12:  r1 = r0
   13:  r1 >>= 32
   14:  *(u64 *)(r10 - 24) = r1
; 49-spills-reused.lisp:9:55  (id (ktime-get-ns)) (high (>> id 32)) (now (ktime-get-ns)))
   15:  call ktime_get_ns#5
; 49-spills-reused.lisp:10:20  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   16:  r1 = r6
   17:  r1 *= r0
; 49-spills-reused.lisp:10:30  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   18:  r2 = *(u64 *)(r10 - 8)
   19:  r2 *= r0
; 49-spills-reused.lisp:10:17  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   20:  r1 += r2
; 49-spills-reused.lisp:10:40  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   21:  r2 = r8
   22:  r2 *= r0
; 49-spills-reused.lisp:10:17  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   23:  r1 += r2
; 49-spills-reused.lisp:10:50  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   24:  r2 = r7
   25:  r2 *= r0
; 49-spills-reused.lisp:10:17  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   26:  r1 += r2
; 49-spills-reused.lisp:10:7  (setf out (+ (* a now) (* b now) (* c now) (* x now)))
   27:  r2 = out ll
   29:  *(u64 *)(r2 + 0) = r1
; 49-spills-reused.lisp:11:20  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   30:  r9 = r6
   31:  r1 = *(u64 *)(r10 - 8)
   32:  r9 *= r1
; 49-spills-reused.lisp:11:28  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   33:  r1 *= r8
; 49-spills-reused.lisp:11:17  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   34:  r9 += r1
; 49-spills-reused.lisp:11:36  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   35:  r1 = r8
   36:  r1 *= r7
; 49-spills-reused.lisp:11:17  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   37:  r9 += r1
; 49-spills-reused.lisp:11:44  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   38:  r1 = r7
   39:  r1 *= r6
; 49-spills-reused.lisp:11:17  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   40:  r9 += r1
; 49-spills-reused.lisp:11:52  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   41:  call ktime_get_ns#5
; 49-spills-reused.lisp:11:17  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   42:  r9 += r0
; 49-spills-reused.lisp:11:7  (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
   43:  r1 = out ll
   45:  *(u64 *)(r1 + 0) = r9
; 49-spills-reused.lisp:12:17  (setf out (+ a b c x (ktime-get-ns) id high))))
   46:  r1 = *(u64 *)(r10 - 8)
   47:  r6 += r1
   48:  r6 += r8
   49:  r6 += r7
; 49-spills-reused.lisp:12:28  (setf out (+ a b c x (ktime-get-ns) id high))))
   50:  call ktime_get_ns#5
; 49-spills-reused.lisp:12:17  (setf out (+ a b c x (ktime-get-ns) id high))))
   51:  r6 += r0
   52:  r1 = *(u64 *)(r10 - 16)
   53:  r6 += r1
   54:  r1 = *(u64 *)(r10 - 24)
   55:  r6 += r1
; 49-spills-reused.lisp:12:7  (setf out (+ a b c x (ktime-get-ns) id high))))
   56:  r1 = out ll
   58:  *(u64 *)(r1 + 0) = r6
; 49-spills-reused.lisp:7:3  (with-packet (d e :min-len 64)
   59:  r0 = 2
   60:  exit
