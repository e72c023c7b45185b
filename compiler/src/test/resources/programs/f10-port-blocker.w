(defmap blocked :type :hash :key-type u16 :value-type u8 :max-entries 1024)
(defmap drops   :type :percpu-array :key-size 4 :value-size 8 :max-entries 2)
(defconstant +drop-tcp+ 0)
(defconstant +drop-udp+ 1)

(defmacro drop-if-blocked (port counter)
  `(when (getmap blocked ,port)
     (incf (getmap drops ,counter))
     (return XDP_DROP)))

(defprog port-blocker (:type :xdp :section "xdp/port_blocker")
  (with-udp (d1 e1 u) (drop-if-blocked (udp-dst-port u) +drop-udp+))
  (with-tcp (d2 e2 th) (drop-if-blocked (tcp-dst-port th) +drop-tcp+))
  XDP_PASS)
