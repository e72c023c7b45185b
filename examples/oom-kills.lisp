;;; Processes killed for want of memory.
;;;
;;; ./whistler run examples/oom-kills.lisp

(deftracepoint oom/mark-victim pid comm total-vm anon-rss uid oom-score-adj)
(defstruct oom-event
  (ts u64) (total-kb u64) (anon-kb u64)
  (pid u32) (uid u32) (score i16)
  (comm (array u8 16)))
(defmap kills :type :ringbuf :max-entries 4096)

(defprog oom-kill (:type :tracepoint :section "tracepoint/oom/mark_victim")
  (with-ringbuf (e kills (sizeof oom-event))
    (setf (oom-event-ts e) (ktime-get-ns)
          (oom-event-total-kb e) (tp-total-vm)
          (oom-event-anon-kb e) (tp-anon-rss)
          (oom-event-pid e) (tp-pid)
          (oom-event-uid e) (tp-uid)
          (oom-event-score e) (tp-oom-score-adj))
    (probe-read-kernel-str (oom-event-comm-ptr e) 16 (tp-comm-ptr)))
  0)
