(defprog p (:type :tracepoint :section "tracepoint/sched/sched_switch") (ctx u32 10))
