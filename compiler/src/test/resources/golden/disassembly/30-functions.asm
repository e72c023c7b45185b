mix (.text, 20 instructions)
; 30-functions.lisp:4:21  (let* ((x (logxor (* a 31) b))
    0:  r1 *= 31
; 30-functions.lisp:4:13  (let* ((x (logxor (* a 31) b))
    1:  r1 ^= r2
; 30-functions.lisp:5:21  (y (logxor (>> x 7) (* x 17)))
    2:  r0 = r1
    3:  r0 >>= 7
; 30-functions.lisp:5:30  (y (logxor (>> x 7) (* x 17)))
    4:  r2 = r1
    5:  r2 *= 17
; 30-functions.lisp:5:13  (y (logxor (>> x 7) (* x 17)))
    6:  r0 ^= r2
; 30-functions.lisp:6:21  (z (logxor (<< y 3) (* y 13))))
    7:  r2 = r0
    8:  r2 <<= 3
; 30-functions.lisp:6:30  (z (logxor (<< y 3) (* y 13))))
    9:  r3 = r0
   10:  r3 *= 13
; 30-functions.lisp:6:13  (z (logxor (<< y 3) (* y 13))))
   11:  r2 ^= r3
; 30-functions.lisp:7:10  (+ x (* y 5) (>> z 2) (logand z 255))))
   12:  r0 *= 5
; 30-functions.lisp:7:5  (+ x (* y 5) (>> z 2) (logand z 255))))
   13:  r0 += r1
; 30-functions.lisp:7:18  (+ x (* y 5) (>> z 2) (logand z 255))))
   14:  r1 = r2
   15:  r1 >>= 2
; 30-functions.lisp:7:5  (+ x (* y 5) (>> z 2) (logand z 255))))
   16:  r0 += r1
; 30-functions.lisp:7:27  (+ x (* y 5) (>> z 2) (logand z 255))))
   17:  r2 &= 255
; 30-functions.lisp:7:5  (+ x (* y 5) (>> z 2) (logand z 255))))
   18:  r0 += r2
   19:  exit

functions (tc, 13 instructions)
; 30-functions.lisp:9:1  (defprog functions (:type :tc :section "tc")
    0:  r8 = r1
; 30-functions.lisp:10:14  (let ((len (ctx len)))
    1:  r7 = *(u32 *)(r8 + 0)
; 30-functions.lisp:11:12  (+ len (mix len 1) (mix (ctx mark) 2))))
    2:  r1 = r7
    3:  r2 = 1
    4:  call mix
; 30-functions.lisp:11:5  (+ len (mix len 1) (mix (ctx mark) 2))))
    5:  r6 = r0
    6:  r6 += r7
; 30-functions.lisp:11:29  (+ len (mix len 1) (mix (ctx mark) 2))))
    7:  r1 = *(u32 *)(r8 + 8)
; 30-functions.lisp:11:24  (+ len (mix len 1) (mix (ctx mark) 2))))
    8:  r2 = 2
    9:  call mix
; 30-functions.lisp:11:5  (+ len (mix len 1) (mix (ctx mark) 2))))
   10:  r6 += r0
   11:  r0 = r6
   12:  exit
