globals (tc, 18 instructions)
; 42-globals-and-strings.lisp:8:18  (setf count (+ count step))
    0:  r2 = count ll
    2:  r3 = *(u64 *)(r2 + 0)
; 42-globals-and-strings.lisp:8:24  (setf count (+ count step))
    3:  r1 = step ll
    5:  r1 = *(u64 *)(r1 + 0)
; 42-globals-and-strings.lisp:8:15  (setf count (+ count step))
    6:  r3 += r1
; 42-globals-and-strings.lisp:8:3  (setf count (+ count step))
    7:  *(u64 *)(r2 + 0) = r3
; 42-globals-and-strings.lisp:9:18  (when (> count limit)
    8:  r1 = limit ll
   10:  r1 = *(u64 *)(r1 + 0)
; 42-globals-and-strings.lisp:9:9  (when (> count limit)
   11:  if r3 <= r1 goto +4 <16>
; 42-globals-and-strings.lisp:10:5  (printk "count %d" count))
   12:  r1 = .rodata+8 ll
   14:  r2 = 9
   15:  call trace_printk#6
; 42-globals-and-strings.lisp:11:3  TC_ACT_OK)
   16:  r0 = 0
   17:  exit
