byte_order (xdp, 25 instructions)
; 07-byte-order.lisp:6:3  (with-udp (d e u :options nil)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 42
    4:  if r1 > r3 goto +18 <23>
    5:  r1 = *(u16 *)(r2 + 12)
    6:  if r1 != 8 goto +16 <23>
    7:  r1 = *(u8 *)(r2 + 23)
    8:  if r1 != 17 goto +14 <23>
    9:  r1 = *(u16 *)(r2 + 20)
   10:  r1 &= 65311
   11:  if r1 != 0 goto +11 <23>
   12:  r1 = *(u8 *)(r2 + 14)
   13:  r1 &= 15
   14:  r1 <<= 2
   15:  if r1 != 20 goto +7 <23>
; 07-byte-order.lisp:7:14  (when (= (udp-dst-port u) 53)
   16:  r1 = *(u16 *)(r2 + 36)
; 07-byte-order.lisp:7:11  (when (= (udp-dst-port u) 53)
   17:  if r1 != 13568 goto +5 <23>
; 07-byte-order.lisp:8:23  (setf last-port (udp-src-port u))))
   18:  r1 = *(u16 *)(r2 + 34)
   19:  r1 = be16 r1
; 07-byte-order.lisp:8:7  (setf last-port (udp-src-port u))))
   20:  r2 = last_port ll
   22:  *(u64 *)(r2 + 0) = r1
; 07-byte-order.lisp:9:3  XDP_PASS)
   23:  r0 = 2
   24:  exit
