kept (xdp, 35 instructions)
; 10-kept-lengths.lisp:6:3  (with-packet (d e :min-len 38)
    0:  r6 = *(u32 *)(r1 + 0)
    1:  r7 = *(u32 *)(r1 + 4)
    2:  r1 = r6
    3:  r1 += 38
    4:  if r1 > r7 goto +28 <33>
; 10-kept-lengths.lisp:7:21  (let ((protocol (load u8 d 23)))
    5:  r8 = *(u8 *)(r6 + 23)
; 10-kept-lengths.lisp:8:13  (when (= protocol 6)
    6:  if r8 != 6 goto +3 <10>
; 10-kept-lengths.lisp:9:18  (when (> (+ d 54) e)
    7:  r1 = r6
    8:  r1 += 54
; 10-kept-lengths.lisp:9:15  (when (> (+ d 54) e)
    9:  if r1 > r7 goto +21 <31>
; 10-kept-lengths.lisp:11:26  (setf (getmap seen protocol) 1)
   10:  *(u32 *)(r10 - 12) = r8
; 10-kept-lengths.lisp:11:36  (setf (getmap seen protocol) 1)
   11:  *(u64 *)(r10 - 8) = 1
; 10-kept-lengths.lisp:11:7  (setf (getmap seen protocol) 1)
   12:  r1 = seen ll
   14:  r2 = r10
   15:  r2 += -12
   16:  r3 = r10
   17:  r3 += -8
   18:  r4 = 0
   19:  call map_update_elem#2
   20:  if w0 == 0 goto +4 <25>
   21:  r2 = 1
   22:  r1 = seen__failed_updates ll
   24:  lock *(u64 *)(r1 + 0) += r2
; 10-kept-lengths.lisp:12:13  (when (= protocol 6)
   25:  if r8 != 6 goto +7 <33>
   26:  r1 = r6
   27:  r1 += 54
   28:  if r1 > r7 goto +4 <33>
; 10-kept-lengths.lisp:13:17  (return (load u8 d 47)))))
   29:  r0 = *(u8 *)(r6 + 47)
; 10-kept-lengths.lisp:13:9  (return (load u8 d 47)))))
   30:  exit
; 10-kept-lengths.lisp:10:11  (return XDP_DROP)))
   31:  r0 = 1
   32:  exit
; 10-kept-lengths.lisp:14:3  XDP_PASS)
   33:  r0 = 2
   34:  exit
