;;; The files that a process and its descendants execute; for .ci/test, which seeds the map with its own process.
;;;
;;; ./whistler run .ci/started.lisp --map 'tracked:PID=1'

(deftracepoint sched/sched-process-fork parent-pid child-pid)
(deftracepoint sched/sched-process-exec filename pid old-pid)
(deftracepoint sched/sched-process-exit pid)

(defstruct start (pid u32) (file (array u8 256) :as string))
(defmap tracked :type :hash :key-type u32 :value-type u32 :max-entries 65536)
(defmap starts  :type :ringbuf :max-entries (* 1024 1024))

(defprog forked (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
  (when-let ((parent (getmap tracked (tp-parent-pid))))
    (setf (getmap tracked (tp-child-pid)) 1))
  0)

;;; A thread that executes takes over the number of its process.
(defprog executed (:type :tracepoint :section "tracepoint/sched/sched_process_exec")
  (when-let ((one (getmap tracked (tp-old-pid))))
    (setf (getmap tracked (tp-pid)) 1)
    (with-ringbuf (s starts (sizeof start))
      (setf (start-pid s) (tp-pid))
      (probe-read-kernel-str (start-file-ptr s) 256 (tp-filename-ptr))))
  0)

(defprog gone (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
  (remmap tracked (tp-pid))
  0)
