(deftracepoint sched/sched-process-fork parent-pid child-pid)
(deftracepoint sched/sched-process-exit pid)

(defstruct birth (ts u64) (parent u32))
(defstruct life
  (born u64) (lived-ms u64) (pid u32) (parent u32 :as pid) (comm (array u8 16)))
(defmap births :type :lru-hash :key-type u32 :value-type birth :max-entries 32768)
(defmap forks  :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
(defmap lives  :type :ringbuf :max-entries (* 128 1024))

(defprog born (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
  (let ((b (make-birth)))
    (incf (getmap forks 0))
    (setf (birth-ts b)     (ktime-get-ns)
          (birth-parent b) (tp-parent-pid)
          (getmap births (tp-child-pid)) b))
  0)

(defprog gone (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
  (let ((pid (tp-pid)))
    (when-let ((b (getmap births pid)))
      (with-ringbuf (e lives (sizeof life))
        (setf (life-born e)     (birth-ts b)
              (life-lived-ms e) (/ (- (ktime-get-ns) (birth-ts b)) 1000000)
              (life-pid e)      pid
              (life-parent e)   (birth-parent b))
        (get-current-comm (life-comm-ptr e) 16))
      (remmap births pid)))
  0)
