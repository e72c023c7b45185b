;;; Files opened, with the result of the call.
;;;
;;; ./whistler run examples/opened-files.lisp

(deftracepoint syscalls/sys-enter-openat filename flags)
(deftracepoint syscalls/sys-exit-openat ret)
(defstruct open-event
  (ts u64) (pid u32) (flags u32)
  (result i64 :as errno)
  (comm (array u8 16))
  (path (array u8 96)))
(defstruct pending (name u64) (flags u64))
(defmap running :type :lru-hash :key-type u64 :value-type pending :max-entries 8192)
(defmap opens :type :ringbuf :max-entries (* 512 1024) :record open-event)

(defprog open-enter (:type :tracepoint :section "tracepoint/syscalls/sys_enter_openat")
  (let ((p (make-pending)))
    (setf (pending-name p)  (tp-filename)
          (pending-flags p) (tp-flags)
          (getmap running (get-current-pid-tgid)) p))
  0)

(defprog open-exit (:type :tracepoint :section "tracepoint/syscalls/sys_exit_openat")
  (let ((id (get-current-pid-tgid)))
    (when-let ((p (getmap running id)))
      (with-ringbuf (e opens (sizeof open-event))
        (setf (open-event-ts e)     (ktime-get-ns)
              (open-event-pid e)    (>> id 32)
              (open-event-flags e)  (cast u32 (pending-flags p))
              (open-event-result e) (tp-ret))
        (get-current-comm (open-event-comm-ptr e) 16)
        (probe-read-user-str (open-event-path-ptr e) 96 (pending-name p)))
      (remmap running id)))
  0)
