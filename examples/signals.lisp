;;; Fatal signals: who sent which signal to whom.
;;;
;;; ./whistler run examples/signals.lisp

(deftracepoint signal/signal-generate sig code comm pid result)
(defstruct signal-event
  (ts u64)
  (signal u32 :as (enum (6 "SIGABRT") (9 "SIGKILL") (11 "SIGSEGV") (15 "SIGTERM")))
  (code i32)
  (sender u32) (target u32)
  (sender-comm (array u8 16))
  (target-comm (array u8 16)))
(defmap signals :type :ringbuf :max-entries (* 64 1024))

(defprog on-signal (:type :tracepoint :section "tracepoint/signal/signal_generate")
  (let ((sig (tp-sig)))
    (when (and (= (tp-result) 0)
               (or (= sig 6) (= sig 9) (= sig 11) (= sig 15)))
      (with-ringbuf (e signals (sizeof signal-event))
        (setf (signal-event-ts e) (ktime-get-ns)
              (signal-event-signal e) sig
              (signal-event-code e) (tp-code)
              (signal-event-sender e) (>> (get-current-pid-tgid) 32)
              (signal-event-target e) (tp-pid))
        (get-current-comm (signal-event-sender-comm-ptr e) 16)
        (probe-read-kernel (signal-event-target-comm-ptr e) 16 (tp-comm-ptr)))))
  0)
