;;; Sets the priority of outgoing packets (tc) of IPv4, also of those that a VLAN device sends, later fragments of UDP as
;;; any other packet. Left alone: IPv6, and frames with a VLAN tag in their data (raw sockets, guests).
;;;
;;; ./whistler run examples/tc-classifier.lisp --attach classify=if:eth0:egress --maps

(defknob voice-port u16 5060)
(defconstant +class-voice+ 7)
(defconstant +class-bulk+ 1)
(defmap classified :type :array :key-size 4 :value-size 8 :max-entries 8)

(defprog classify (:type :tc :section "tc")
  (with-tc-ipv4 (data end ip)
    (let ((class (case (ipv4-protocol ip)
                   (+ip-proto-udp+
                    (if-let (u (parse-udp data end))
                      (if (= (udp-dst-port u) voice-port) +class-voice+ 0)
                      0))
                   (+ip-proto-tcp+ (if (> (ctx len) 1400) +class-bulk+ 0)))))
      (setf (ctx priority) class)
      (incf (getmap classified class))))
  TC_ACT_OK)
