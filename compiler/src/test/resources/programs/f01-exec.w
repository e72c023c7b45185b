;; sched_process_exec: filename __data_loc @8, pid i32 @12
(deftracepoint sched/sched-process-exec filename pid)
(defknob ignored-uid u32 #xffffffff "user whose programs are not reported")
(defstruct exec-event
  (ts   u64)
  (pid  u32)
  (uid  u32)
  (comm (array u8 16))
  (file (array u8 128)))
(defmap execs :type :ringbuf :max-entries (* 256 1024))

(defprog on-exec (:type :tracepoint
                  :section "tracepoint/sched/sched_process_exec")
  (let ((uid (cast u32 (get-current-uid-gid))))
    (unless (= uid ignored-uid)
      (with-ringbuf (e execs (sizeof exec-event))
        (setf (exec-event-ts e)  (ktime-get-ns)
              (exec-event-pid e) (tp-pid)
              (exec-event-uid e) uid)
        (get-current-comm (exec-event-comm-ptr e) 16)
        (probe-read-kernel-str (exec-event-file-ptr e) 128 (tp-filename-ptr)))))
  0)
