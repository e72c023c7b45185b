;;; Latency of block device requests; slow ones as records, all of them in a histogram.
;;;
;;; ./whistler run examples/block-latency.lisp

(deftracepoint block/block-rq-issue dev sector bytes)
(deftracepoint block/block-rq-complete dev sector error)
(defstruct request (sector u64) (dev u32))          ; 16 bytes with padding
(defstruct started (ts u64) (bytes u32))
(defstruct io-event
  (ts u64) (latency-us u64) (sector u64)
  (dev u32) (bytes u32) (error i32 :as errno))
(defknob slow-us u64 50000)
(defmap inflight :type :hash :key-type request :value-type started :max-entries 16384)
(defmap latency  :type :percpu-array :key-type u32 :value-type u64 :max-entries 64)
(defmap slow-io  :type :ringbuf :max-entries (* 128 1024))

(defprog rq-issue (:type :tracepoint :section "tracepoint/block/block_rq_issue")
  (let ((k (make-request)) (s (make-started)))
    (setf (request-sector k) (tp-sector)
          (request-dev k)    (tp-dev)
          (started-ts s)     (ktime-get-ns)
          (started-bytes s)  (tp-bytes)
          (getmap inflight k) s))
  0)

(defprog rq-done (:type :tracepoint :section "tracepoint/block/block_rq_complete")
  (let ((k (make-request)))
    (setf (request-sector k) (tp-sector)
          (request-dev k)    (tp-dev))
    (when-let ((s (getmap inflight k)))
      (let* ((now (ktime-get-ns))
             (us  (/ (- now (started-ts s)) 1000)))
        (incf (getmap latency (log2 us)))
        (when (>= us slow-us)
          (with-ringbuf (e slow-io (sizeof io-event))
            (setf (io-event-ts e) now
                  (io-event-latency-us e) us
                  (io-event-sector e) (tp-sector)
                  (io-event-dev e)    (tp-dev)
                  (io-event-bytes e)  (started-bytes s)
                  (io-event-error e)  (tp-error)))))
      (remmap inflight k)))
  0)
