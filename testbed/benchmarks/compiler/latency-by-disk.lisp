;;; A histogram for each disk, keyed by device and power of two.
(deftracepoint block/block-rq-issue dev sector)
(deftracepoint block/block-rq-complete dev sector)
(defstruct slot (dev u32) (bucket u32))
(defmap start :type :hash :key-type u64 :value-type u64 :max-entries 8192)
(defmap hist :type :hash :key-type slot :value-type u64 :max-entries 4096)

(defprog issued (:type :tracepoint :section "tracepoint/block/block_rq_issue")
  (setf (getmap start (logxor (tp-sector) (<< (tp-dev) 40))) (ktime-get-ns))
  0)

(defprog completed (:type :tracepoint :section "tracepoint/block/block_rq_complete")
  (let* ((key (logxor (tp-sector) (<< (tp-dev) 40)))
         (from (getmap start key)))
    (when from
      (let ((s (make-slot)))
        (setf (slot-dev s) (tp-dev)
              (slot-bucket s) (log2 (/ (- (ktime-get-ns) from) 1000)))
        (incf (getmap hist s)))
      (remmap start key)))
  0)
