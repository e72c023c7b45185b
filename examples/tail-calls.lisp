;;; One program for each protocol of IPv4, dispatched by tail calls (XDP): the one of UDP drops what goes to port 53.
;;; Passed: IPv6, later fragments, and frames with a VLAN tag in their data.
;;;
;;; ./whistler run examples/tail-calls.lisp --attach entry=if:eth0 --maps

(defmap handlers :type :prog-array :key-size 4 :value-size 4 :max-entries 256
  :programs ((17 on-udp)))
(defmap unhandled :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)

(defprog on-udp (:type :xdp :section "xdp/on_udp")
  (with-udp (d e u) (when (= (udp-dst-port u) 53) (return XDP_DROP)))
  XDP_PASS)

(defprog entry (:type :xdp :section "xdp/entry")
  (with-ipv4 (d e ip)
    (tail-call handlers (ipv4-protocol ip))
    (incf (getmap unhandled 0)))
  XDP_PASS)
