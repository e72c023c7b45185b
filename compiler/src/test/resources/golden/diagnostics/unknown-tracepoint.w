(deftracepoint sched/sched-swich)
(defprog p () 0)
