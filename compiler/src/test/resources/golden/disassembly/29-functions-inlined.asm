inlined (tc, 5 instructions)
; 29-functions-inlined.lisp:7:25  (+ (clamp 5 9) (clamp (ctx len) 1500)))
    0:  r0 = *(u32 *)(r1 + 0)
; 29-functions-inlined.lisp:4:7  (if (> value most) most value))
    1:  if r0 <= 1500 goto +1 <3>
    2:  r0 = 1500
; 29-functions-inlined.lisp:7:3  (+ (clamp 5 9) (clamp (ctx len) 1500)))
    3:  r0 += 5
    4:  exit
