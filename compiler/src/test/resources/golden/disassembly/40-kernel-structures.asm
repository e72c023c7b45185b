structures (tracepoint/sched/sched_process_exit, 30 instructions)
; 40-kernel-structures.lisp:7:15  (let ((task (get-current-task)))
    0:  call get_current_task#35
    1:  r6 = r0
; 40-kernel-structures.lisp:8:16  (setf flag (task-struct-sched-reset-on-fork task))
    2:  r3 = r6
    3:  r3 += 1000
    4:  r1 = r10
    5:  r1 += -1
    6:  r2 = 1
    7:  call probe_read_kernel#113
    8:  r1 = *(u8 *)(r10 - 1)
    9:  r1 <<= 60
   10:  r1 >>= 63
; 40-kernel-structures.lisp:8:5  (setf flag (task-struct-sched-reset-on-fork task))
   11:  r2 = flag ll
   13:  *(u64 *)(r2 + 0) = r1
; 40-kernel-structures.lisp:9:23  (task-struct-tgid (task-struct-real-parent task))))
   14:  r6 += 1208
   15:  r3 = r6
   16:  r1 = r10
   17:  r1 += -8
   18:  r2 = 8
   19:  call probe_read_kernel#113
   20:  r3 = *(u64 *)(r10 - 8)
; 40-kernel-structures.lisp:9:5  (task-struct-tgid (task-struct-real-parent task))))
   21:  r3 += 1200
   22:  r1 = r10
   23:  r1 += -4
   24:  r2 = 4
   25:  call probe_read_kernel#113
   26:  r0 = *(u32 *)(r10 - 4)
   27:  r0 <<= 32
   28:  r0 s>>= 32
   29:  exit
