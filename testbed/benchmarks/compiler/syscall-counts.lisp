;;; System calls by number and by process.
(deftracepoint raw_syscalls/sys-enter id)
(defmap by-number :type :percpu-array :key-type u32 :value-type u64 :max-entries 512)
(defmap by-process :type :lru-hash :key-type u32 :value-type u64 :max-entries 4096)

(defprog count-syscalls (:type :tracepoint :section "tracepoint/raw_syscalls/sys_enter")
  (incf (getmap by-number (tp-id)))
  (incf (getmap by-process (>> (get-current-pid-tgid) 32)))
  0)
