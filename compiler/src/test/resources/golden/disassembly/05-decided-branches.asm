decided (xdp, 8 instructions)
; 05-decided-branches.lisp:9:3  (with-packet (d e :min-len 16)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r1 = *(u32 *)(r1 + 4)
    2:  r2 += 16
    3:  if r2 > r1 goto +2 <6>
; 05-decided-branches.lisp:12:9  (return XDP_DROP))))
    4:  r0 = 1
    5:  exit
; 05-decided-branches.lisp:9:3  (with-packet (d e :min-len 16)
    6:  r0 = 2
    7:  exit
