;;; Refuses connections over IPv4 to listed targets and reports them (cgroup, version 2).
;;;
;;; ./whistler run examples/connect-guard.lisp --attach connect-guard=cgroup:/sys/fs/cgroup --map 'denied:{"ip":"192.0.2.1","port":80}=1'

(defstruct target (ip u32 :as ipv4) (port u16))     ; 8 bytes with padding
(defstruct denial (ts u64) (pid u32) (ip u32 :as ipv4) (port u16) (comm (array u8 16)))
(defmap denied  :type :hash :key-type target :value-type u8 :max-entries 4096)
(defmap denials :type :ringbuf :max-entries (* 64 1024))

(defprog connect-guard (:type :cgroup-sock-addr :section "cgroup/connect4")
  (let ((key (make-target)) (port (ntohs (ctx user-port))))
    (setf (target-ip key) (ctx user-ip4)
          (target-port key) port)
    (when (getmap denied key)
      (with-ringbuf (e denials (sizeof denial))
        (setf (denial-ts e)   (ktime-get-ns)
              (denial-pid e)  (>> (get-current-pid-tgid) 32)
              (denial-ip e)   (ctx user-ip4)
              (denial-port e) port)
        (get-current-comm (denial-comm-ptr e) 16))
      (return 0)))
  1)
