tail_calls (xdp, 18 instructions)
; 38-tail-calls.lisp:6:3  (with-ipv4 (d e ip)
    0:  r3 = *(u32 *)(r1 + 0)
    1:  r4 = *(u32 *)(r1 + 4)
    2:  r2 = r3
    3:  r2 += 34
    4:  if r2 > r4 goto +11 <16>
    5:  r2 = *(u16 *)(r3 + 12)
    6:  if r2 != 8 goto +9 <16>
; 38-tail-calls.lisp:7:25  (tail-call handlers (ipv4-protocol ip))
    7:  r3 = *(u8 *)(r3 + 23)
; 38-tail-calls.lisp:7:5  (tail-call handlers (ipv4-protocol ip))
    8:  r2 = handlers ll
   10:  call tail_call#12
; 38-tail-calls.lisp:8:11  (incf unhandled))
   11:  r2 = unhandled ll
   13:  r1 = *(u64 *)(r2 + 0)
; 38-tail-calls.lisp:8:5  (incf unhandled))
   14:  r1 += 1
   15:  *(u64 *)(r2 + 0) = r1
; 38-tail-calls.lisp:9:3  XDP_PASS)
   16:  r0 = 2
   17:  exit
