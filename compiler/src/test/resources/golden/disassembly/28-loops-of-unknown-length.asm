unknown_length__loop1 (.text, 9 instructions)
; 28-loops-of-unknown-length.lisp:8:11  (bpf-loop (i (ctx mark))
    0:  r1 = *(u64 *)(r2 + 16)
; 28-loops-of-unknown-length.lisp:9:19  (when (< left 10)
    1:  if r1 < 10 goto +4 <6>
; 28-loops-of-unknown-length.lisp:11:24  (setf left (- left 10)))))
    2:  r1 += -10
    3:  *(u64 *)(r2 + 16) = r1
    4:  r0 = 0
    5:  exit
; 28-loops-of-unknown-length.lisp:10:15  (loop-exit))
    6:  *(u64 *)(r2 + 16) = r1
    7:  r0 = 1
    8:  exit

unknown_length (tc, 19 instructions)
; 28-loops-of-unknown-length.lisp:6:15  (let ((left (ctx len)))
    0:  r2 = *(u32 *)(r1 + 0)
; 28-loops-of-unknown-length.lisp:8:24  (bpf-loop (i (ctx mark))
    1:  r1 = *(u32 *)(r1 + 8)
; 28-loops-of-unknown-length.lisp:8:11  (bpf-loop (i (ctx mark))
    2:  r0 = 0
    3:  if r1 == 0 goto +10 <14>
    4:  *(u64 *)(r10 - 24) = 0
    5:  *(u64 *)(r10 - 8) = r2
    6:  r2 = unknown_length__loop1 ll
    8:  r3 = r10
    9:  r3 += -24
   10:  r4 = 0
   11:  call loop#181
   12:  r0 <<= 32
   13:  r0 s>>= 32
; 28-loops-of-unknown-length.lisp:7:5  (setf turns
   14:  r1 = turns ll
   16:  *(u64 *)(r1 + 0) = r0
; 28-loops-of-unknown-length.lisp:12:3  TC_ACT_OK)
   17:  r0 = 0
   18:  exit
