late_tests (xdp, 15 instructions)
; 45-late-tests.lisp:6:3  (with-packet (d e :min-len 34)
    0:  r2 = *(u32 *)(r1 + 0)
    1:  r3 = *(u32 *)(r1 + 4)
    2:  r1 = r2
    3:  r1 += 34
    4:  if r1 > r3 goto +8 <13>
; 45-late-tests.lisp:7:23  (let ((udp (if (= (load u8 d 23) 17) 1 0)))
    5:  r6 = *(u8 *)(r2 + 23)
; 45-late-tests.lisp:8:18  (setf seen (ktime-get-ns))
    6:  call ktime_get_ns#5
; 45-late-tests.lisp:8:7  (setf seen (ktime-get-ns))
    7:  r1 = seen ll
    9:  *(u64 *)(r1 + 0) = r0
; 45-late-tests.lisp:9:17  (when (/= udp 0)
   10:  if r6 != 17 goto +2 <13>
; 45-late-tests.lisp:10:9  (return XDP_DROP))))
   11:  r0 = 1
   12:  exit
; 45-late-tests.lisp:11:3  XDP_PASS)
   13:  r0 = 2
   14:  exit
