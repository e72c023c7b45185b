; Fields of an event are loads from the context at the place that the kernel compiled for says (here
; Linux 6.12); a string whose place is in the record itself is found at run time.
(deftracepoint sched/sched-process-exec filename pid)
(defstruct exec (pid u32) (name (array u8 16)))
(defmap out :type :ringbuf :max-entries 4096)

(defprog tracepoints (:type :tracepoint :section "tracepoint/sched/sched_process_exec")
  (with-ringbuf (x out (sizeof exec))
    (setf (exec-pid x) (tp-pid))
    (probe-read-kernel-str (exec-name-ptr x) 16 (tp-filename-ptr)))
  0)
