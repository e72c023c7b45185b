;;; Packets and bytes by TCP flow, with the flags seen.
(defstruct flow (src u32) (dst u32) (sport u16) (dport u16))
(defstruct usage (packets u64) (bytes u64) (first u64) (last u64) (flags u8))
(defmap flows :type :lru-hash :key-type flow :value-type usage :max-entries 65536)

(defprog flow-table (:type :xdp)
  (with-tcp (d e th)
    (let ((k (make-flow)) (ip (+ d 14)) (now (ktime-get-ns)))
      (setf (flow-src k) (ipv4-src-addr ip)
            (flow-dst k) (ipv4-dst-addr ip)
            (flow-sport k) (tcp-src-port th)
            (flow-dport k) (tcp-dst-port th))
      (if-let (u (getmap flows k))
        (progn
          (incf (usage-packets u))
          (incf (usage-bytes u) (- e d))
          (setf (usage-last u) now
                (usage-flags u) (logior (usage-flags u) (tcp-flags th))))
        (let ((u (make-usage)))
          (setf (usage-packets u) 1
                (usage-bytes u) (- e d)
                (usage-first u) now
                (usage-last u) now
                (usage-flags u) (tcp-flags th)
                (getmap flows k) u)))))
  XDP_PASS)
