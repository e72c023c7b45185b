; Whether a byte is 17 is kept as a flag over a call and asked for once: what is kept is the byte,
; and the flag is the test. No register is set to 1 or 0.
(defglobal seen u64)

(defprog late-tests (:type :xdp :section "xdp")
  (with-packet (d e :min-len 34)
    (let ((udp (if (= (load u8 d 23) 17) 1 0)))
      (setf seen (ktime-get-ns))
      (when (/= udp 0)
        (return XDP_DROP))))
  XDP_PASS)
