; Fields of the kernel's structures are read by a helper to the stack, all to the same place, since
; no two are there at once. A bit-field is cut out of the byte that holds it.
(import-kernel-struct task-struct tgid real-parent sched-reset-on-fork)
(defglobal flag u64)

(defprog structures (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
  (let ((task (get-current-task)))
    (setf flag (task-struct-sched-reset-on-fork task))
    (task-struct-tgid (task-struct-real-parent task))))
