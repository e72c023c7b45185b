addresses (xdp, 26 instructions)
; 48-addresses-of-globals.lisp:8:3  (with-packet (d e :min-len 14)
    0:  r3 = *(u32 *)(r1 + 0)
    1:  r2 = *(u32 *)(r1 + 4)
    2:  r1 = r3
    3:  r1 += 14
    4:  if r1 > r2 goto +19 <24>
; 48-addresses-of-globals.lisp:9:11  (incf packets)
    5:  r4 = packets ll
    7:  r1 = *(u64 *)(r4 + 0)
; 48-addresses-of-globals.lisp:9:5  (incf packets)
    8:  r1 += 1
    9:  *(u64 *)(r4 + 0) = r1
; 48-addresses-of-globals.lisp:10:17  (incf bytes (- e d))
   10:  r2 -= r3
; 48-addresses-of-globals.lisp:10:11  (incf bytes (- e d))
   11:  r1 = *(u64 *)(r4 + 8)
; 48-addresses-of-globals.lisp:10:5  (incf bytes (- e d))
   12:  r1 += r2
   13:  *(u64 *)(r4 + 8) = r1
; 48-addresses-of-globals.lisp:11:16  (setf last (ktime-get-ns))
   14:  call ktime_get_ns#5
; 48-addresses-of-globals.lisp:11:5  (setf last (ktime-get-ns))
   15:  r1 = last ll
   17:  *(u64 *)(r1 + 0) = r0
; 48-addresses-of-globals.lisp:12:14  (when (> packets 1000)
   18:  r1 = *(u64 *)(r1 - 16)
; 48-addresses-of-globals.lisp:12:11  (when (> packets 1000)
   19:  if r1 <= 1000 goto +4 <24>
; 48-addresses-of-globals.lisp:13:7  (setf packets 0
   20:  r1 = packets ll
   22:  *(u64 *)(r1 + 0) = 0
   23:  *(u64 *)(r1 + 8) = 0
; 48-addresses-of-globals.lisp:15:3  XDP_PASS)
   24:  r0 = 2
   25:  exit
