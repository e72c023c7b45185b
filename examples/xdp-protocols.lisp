;;; Packets and bytes of IPv4 by protocol, counted at the driver (XDP); not counted: frames with a VLAN tag in their data.
;;;
;;; ./whistler run examples/xdp-protocols.lisp --attach count-protocols=if:eth0 --maps

(defstruct traffic (packets u64) (bytes u64))
(defmap by-proto :type :percpu-array :key-type u32 :value-type traffic :max-entries 256)

(defprog count-protocols (:type :xdp :section "xdp")
  (with-ipv4 (data end ip)
    (when-let ((tr (getmap by-proto (ipv4-protocol ip))))
      (incf (traffic-packets tr))
      (incf (traffic-bytes tr) (- end data))))
  XDP_PASS)
