(defprog p (:section "tracepoint/sched/sched_swich") 0)
(defprog q (:section "tracepoint/ftrace/function") 0)
(defprog r (:section "uprobe/ffi_call") 0)
(defprog s (:section "tracepoint/sched/a/b") 0)
