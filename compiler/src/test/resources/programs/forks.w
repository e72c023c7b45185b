(deftracepoint sched/sched-process-fork parent-pid child-pid)

(defstruct birth (parent i32) (child i32) (ts u64))
(defmap births :type :ringbuf :max-entries 65536)

(defprog forks (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
  (with-ringbuf (b births (sizeof birth))
    (setf (birth-parent b) (tp-parent-pid)
          (birth-child b) (tp-child-pid)
          (birth-ts b) (ktime-get-ns)))
  0)
