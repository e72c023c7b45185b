(deftracepoint sched/sched-switch prev-prio)
(defprog p (:type :tracepoint :section "tracepoint/sched/sched_switch")
  (if (< (tp-prev-prio) 100) 1 0))
