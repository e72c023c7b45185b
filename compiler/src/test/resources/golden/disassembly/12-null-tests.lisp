; The address of a reservation is tested once; later the program asks what the test found, which
; waits in r7. Verifiers before Linux 6.4 would follow a second test to where the record is null,
; and miss its submission there.
(defstruct note (at u64))
(defmap out :type :ringbuf :max-entries 4096 :record note)

(defprog null-tests (:type :tracepoint :section "tracepoint/sched/sched_switch")
  (let* ((r (ringbuf-reserve out 8 0)) (now (ktime-get-ns)))
    (when r
      (store u64 r 0 now)
      (ringbuf-submit r 0)))
  0)
