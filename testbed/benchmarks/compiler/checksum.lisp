;;; The Internet checksum of the first 32 bytes of a packet, compared and counted.
(defmap sums :type :array :key-type u32 :value-type u64 :max-entries 2)

(defprog checksum (:type :xdp)
  (with-packet (d e :min-len 32)
    (let ((sum 0))
      (dotimes (i 16)
        (setf sum (+ sum (ntohs (load u16 (+ d (* i 2)))))))
      (setf sum (+ (logand sum #xffff) (>> sum 16)))
      (setf sum (+ (logand sum #xffff) (>> sum 16)))
      (incf (getmap sums (if (= sum #xffff) 1 0)))))
  XDP_PASS)
