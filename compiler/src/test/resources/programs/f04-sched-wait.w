(deftracepoint sched/sched-wakeup pid)
(deftracepoint sched/sched-wakeup-new pid)
(deftracepoint sched/sched-switch prev-pid prev-state next-pid next-comm)
(defknob threshold-us u64 10000 "waits of at least this many microseconds are reported")
(defstruct wait-event
  (ts u64) (wait-us u64) (pid u32) (cpu u32)
  (comm (array u8 16) :as string))
(defmap since :type :hash :key-type u32 :value-type u64 :max-entries 65536)
(defmap waits :type :ringbuf :max-entries (* 256 1024))
(defmap histogram :type :percpu-array :key-type u32 :value-type u64 :max-entries 64)

(defmacro note-runnable (pid-form)
  (with-gensyms (p)
    `(let ((,p ,pid-form))
       (when ,p (setf (getmap since ,p) (ktime-get-ns))))))

(defprog wake (:type :tracepoint :section "tracepoint/sched/sched_wakeup")
  (note-runnable (tp-pid)) 0)

(defprog wake-new (:type :tracepoint :section "tracepoint/sched/sched_wakeup_new")
  (note-runnable (tp-pid)) 0)

(defprog switch (:type :tracepoint :section "tracepoint/sched/sched_switch")
  (when (= (tp-prev-state) 0)
    (note-runnable (tp-prev-pid)))
  (let* ((next (tp-next-pid))
         (start (getmap since next)))
    (when start
      (let* ((now (ktime-get-ns))
             (us  (/ (- now start) 1000)))
        (remmap since next)
        (incf (getmap histogram (log2 us)))
        (when (>= us threshold-us)
          (with-ringbuf (e waits (sizeof wait-event))
            (setf (wait-event-ts e) now
                  (wait-event-wait-us e) us
                  (wait-event-pid e) next
                  (wait-event-cpu e) (get-smp-processor-id))
            (probe-read-kernel (wait-event-comm-ptr e) 16 (tp-next-comm-ptr)))))))
  0)
