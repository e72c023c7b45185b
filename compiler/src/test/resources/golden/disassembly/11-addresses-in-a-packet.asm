addresses (xdp, 27 instructions)
; 11-addresses-in-a-packet.lisp:6:3  (with-tcp (d e th)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 54
    4:  if r1 > r3 goto +20 <25>
    5:  r1 = *(u16 *)(r2 + 12)
    6:  if r1 != 8 goto +18 <25>
    7:  r1 = *(u8 *)(r2 + 23)
    8:  if r1 != 6 goto +16 <25>
    9:  r1 = *(u16 *)(r2 + 20)
   10:  r1 &= 65311
   11:  if r1 != 0 goto +13 <25>
   12:  r1 = *(u8 *)(r2 + 14)
   13:  r1 &= 15
   14:  r1 <<= 2
   15:  if r1 < 20 goto +9 <25>
   16:  r2 += r1
   17:  r1 = r2
   18:  r1 += 34
   19:  if r1 > r3 goto +5 <25>
; 11-addresses-in-a-packet.lisp:7:16  (setf port (tcp-dst-port th)))
   20:  r1 = *(u16 *)(r2 + 16)
   21:  r1 = be16 r1
; 11-addresses-in-a-packet.lisp:7:5  (setf port (tcp-dst-port th)))
   22:  r2 = port ll
   24:  *(u16 *)(r2 + 0) = r1
; 11-addresses-in-a-packet.lisp:8:3  XDP_PASS)
   25:  r0 = 2
   26:  exit
