tracepoints (tracepoint/sched/sched_process_exec, 39 instructions)
; 39-tracepoints.lisp:7:1  (defprog tracepoints (:type :tracepoint :section "tracepoint/sched/sched_process_exec")
    0:  r7 = r1
; 39-tracepoints.lisp:8:3  (with-ringbuf (x out (sizeof exec))
    1:  r1 = out ll
    3:  r2 = 20
    4:  r3 = 0
    5:  call ringbuf_reserve#131
    6:  r6 = r0
    7:  *(u32 *)(r10 - 4) = 0
    8:  r1 = .whistler.stats ll
   10:  r2 = r10
   11:  r2 += -4
   12:  call map_lookup_elem#1
   13:  r8 = r0
   14:  if r6 != 0 goto +4 <19>
   15:  if r8 == 0 goto +21 <37>
   16:  r1 = 1
   17:  lock *(u64 *)(r8 + 8) += r1
   18:  goto +18 <37>
   19:  *(u32 *)(r6 + 4) = 0
   20:  *(u64 *)(r6 + 8) = 0
   21:  *(u32 *)(r6 + 16) = 0
; 39-tracepoints.lisp:9:24  (setf (exec-pid x) (tp-pid))
   22:  r1 = *(u32 *)(r7 + 12)
; 39-tracepoints.lisp:9:5  (setf (exec-pid x) (tp-pid))
   23:  *(u32 *)(r6 + 0) = r1
; 39-tracepoints.lisp:10:28  (probe-read-kernel-str (exec-name-ptr x) 16 (tp-filename-ptr)))
   24:  r1 = r6
   25:  r1 += 4
; 39-tracepoints.lisp:10:49  (probe-read-kernel-str (exec-name-ptr x) 16 (tp-filename-ptr)))
   26:  r3 = *(u32 *)(r7 + 8)
   27:  r3 &= 65535
   28:  r3 += r7
; 39-tracepoints.lisp:10:5  (probe-read-kernel-str (exec-name-ptr x) 16 (tp-filename-ptr)))
   29:  r2 = 16
   30:  call probe_read_kernel_str#115
; 39-tracepoints.lisp:8:3  (with-ringbuf (x out (sizeof exec))
   31:  r1 = r6
   32:  r2 = 0
   33:  call ringbuf_submit#132
   34:  if r8 == 0 goto +2 <37>
   35:  r1 = 1
   36:  lock *(u64 *)(r8 + 0) += r1
; 39-tracepoints.lisp:11:3  0)
   37:  r0 = 0
   38:  exit
