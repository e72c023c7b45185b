;;; Drops UDP and TCP packets to ports listed in a map (XDP): IPv4 with and without options, and IPv6.
;;; Passed: what has no port (later fragments), IPv6 with extension headers, and frames with a VLAN tag in their data
;;; (a tag that the driver keeps beside the frame does not matter).
;;;
;;; ./whistler run examples/xdp-port-blocker.lisp --attach port-blocker=if:eth0 --map 'blocked:9998=1' --maps

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
  ;; Behind the shorter ones: a form lets packets pass that are too short for it.
  (with-udp6 (d3 e3 u) (drop-if-blocked (udp-dst-port u) +drop-udp+))
  (with-tcp6 (d4 e4 th) (drop-if-blocked (tcp-dst-port th) +drop-tcp+))
  XDP_PASS)
