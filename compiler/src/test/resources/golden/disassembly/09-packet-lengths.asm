lengths (xdp, 29 instructions)
; 09-packet-lengths.lisp:6:3  (with-ipv4 (d e ip)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 34
    4:  if r1 > r3 goto +22 <27>
    5:  r1 = *(u16 *)(r2 + 12)
    6:  if r1 != 8 goto +20 <27>
; 09-packet-lengths.lisp:7:14  (when (= (ipv4-protocol ip) +ip-proto-tcp+)
    7:  r1 = *(u8 *)(r2 + 23)
; 09-packet-lengths.lisp:7:11  (when (= (ipv4-protocol ip) +ip-proto-tcp+)
    8:  if r1 != 6 goto +18 <27>
; 09-packet-lengths.lisp:8:7  (with-tcp (d2 e2 th :options nil)
    9:  r1 = r2
   10:  r1 += 54
   11:  if r1 > r3 goto +15 <27>
   12:  r1 = *(u16 *)(r2 + 20)
   13:  r1 &= 65311
   14:  if r1 != 0 goto +12 <27>
   15:  r1 = *(u8 *)(r2 + 14)
   16:  r1 &= 15
   17:  r1 <<= 2
   18:  if r1 != 20 goto +8 <27>
; 09-packet-lengths.lisp:10:25  (when (logand (tcp-flags th) 2)
   19:  r1 = *(u8 *)(r2 + 47)
; 09-packet-lengths.lisp:10:17  (when (logand (tcp-flags th) 2)
   20:  r1 &= 2
   21:  if r1 == 0 goto +5 <27>
; 09-packet-lengths.lisp:11:19  (incf syns))))))
   22:  r2 = syns ll
   24:  r1 = *(u64 *)(r2 + 0)
; 09-packet-lengths.lisp:11:13  (incf syns))))))
   25:  r1 += 1
   26:  *(u64 *)(r2 + 0) = r1
; 09-packet-lengths.lisp:12:3  XDP_PASS)
   27:  r0 = 2
   28:  exit
