; A branch that is decided at compile time is no branch: the knob is 0, so that the debugging code
; is not there, and a condition that follows from a mask holds always.
(defknob debug u8 0 "whether each event is counted")
(defglobal events u64)

(defprog decided (:type :xdp :section "xdp")
  (when debug
    (incf events))
  (with-packet (d e :min-len 16)
    (let ((version (logand (load u8 d 14) 15)))
      (when (< version 16)
        (return XDP_DROP))))
  XDP_PASS)
