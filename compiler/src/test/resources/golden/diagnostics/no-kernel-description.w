;; without a kernel description
(deftracepoint sched/sched-switch next-pid)
(defprog p () 0)
