;;; TCP connections over IPv4 and IPv6 and the time their set-up took; an address of IPv4 is shown as ::ffff:192.0.2.1.
;;;
;;; ./whistler run examples/tcp-connections.lisp

(deftracepoint sock/inet-sock-set-state
  skaddr newstate sport dport saddr-v6 daddr-v6)
(defstruct connect-event
  (ts u64) (setup-us u64)
  (saddr (array u8 16) :as ipv6)
  (daddr (array u8 16) :as ipv6)
  (sport u16) (dport u16)
  (comm (array u8 16)))
(defstruct attempt (start u64) (comm (array u8 16)))
(defmap attempts :type :lru-hash :key-type u64 :value-type attempt :max-entries 16384)
(defmap connects :type :ringbuf :max-entries (* 256 1024))

(defprog tcp-state (:type :tracepoint :section "tracepoint/sock/inet_sock_set_state")
  (let ((sk (tp-skaddr)))
    (case (tp-newstate)
      (TCP_SYN_SENT
       (let ((a (make-attempt)))
         (setf (attempt-start a) (ktime-get-ns))
         (get-current-comm (attempt-comm-ptr a) 16)
         (setf (getmap attempts sk) a)))
      (TCP_ESTABLISHED
       (when-let ((a (getmap attempts sk)))
         (with-ringbuf (e connects (sizeof connect-event))
           (let ((now (ktime-get-ns)))
             (setf (connect-event-ts e) now
                   (connect-event-setup-us e) (/ (- now (attempt-start a)) 1000)
                   (connect-event-sport e) (tp-sport)
                   (connect-event-dport e) (tp-dport)))
           (probe-read-kernel (connect-event-saddr-ptr e) 16 (tp-saddr-v6-ptr))
           (probe-read-kernel (connect-event-daddr-ptr e) 16 (tp-daddr-v6-ptr))
           (memcpy (connect-event-comm-ptr e) 0 (attempt-comm-ptr a) 0 16))
         (remmap attempts sk)))
      (TCP_CLOSE (remmap attempts sk))))
  0)
