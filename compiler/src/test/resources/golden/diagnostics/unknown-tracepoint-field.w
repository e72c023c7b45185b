(deftracepoint sched/sched-switch next-pids)
(defprog p () 0)
