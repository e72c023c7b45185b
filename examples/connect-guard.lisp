;;; Refuses connections to listed targets of IPv4 and reports them (cgroup, version 2): also those of sockets of IPv6 that
;;; name one as ::ffff:192.0.2.1, as Java's do. Passed: IPv6 itself, and what is sent without connecting.
;;;
;;; ./whistler run examples/connect-guard.lisp --attach connect-guard=cgroup:/sys/fs/cgroup --attach mapped-guard=cgroup:/sys/fs/cgroup --map 'denied:{"ip":"192.0.2.1","port":80}=1'

(defstruct target (ip u32 :as ipv4) (port u16))     ; 8 bytes with padding
(defstruct denial (ts u64) (pid u32) (ip u32 :as ipv4) (port u16) (comm (array u8 16)))
(defmap denied  :type :hash :key-type target :value-type u8 :max-entries 4096)
(defmap denials :type :ringbuf :max-entries (* 64 1024))

(defmacro refuse-if-denied (address)
  `(let ((key (make-target)) (port (ntohs (ctx user-port))) (ip ,address))
     (setf (target-ip key) ip
           (target-port key) port)
     (when (getmap denied key)
       (with-ringbuf (e denials (sizeof denial))
         (setf (denial-ts e)   (ktime-get-ns)
               (denial-pid e)  (>> (get-current-pid-tgid) 32)
               (denial-ip e)   ip
               (denial-port e) port)
         (get-current-comm (denial-comm-ptr e) 16))
       (return 0))))

(defprog connect-guard (:type :cgroup-sock-addr :section "cgroup/connect4")
  (refuse-if-denied (ctx user-ip4))
  1)

(defprog mapped-guard (:type :cgroup-sock-addr :section "cgroup/connect6")
  (when (and (= (ctx user-ip6 0) 0) (= (ctx user-ip6 1) 0) (= (ctx user-ip6 2) (htonl #xffff)))
    (refuse-if-denied (ctx user-ip6 3)))
  1)
