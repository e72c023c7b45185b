;;; Pure arithmetic: a 64-bit mix of packet words, spread over an array.
(defmap spread :type :percpu-array :key-type u32 :value-type u64 :max-entries 256)

(defmacro mix (h w)
  `(let* ((x (* (logxor ,h ,w) #x9e3779b97f4a7c15)))
     (logxor x (>> x 29))))

(defprog hash-mix (:type :xdp)
  (with-packet (d e :min-len 64)
    (let ((h #x243f6a8885a308d3))
      (dotimes (i 8)
        (setf h (mix h (load u64 (+ d (* i 8))))))
      (incf (getmap spread (logand h 255)))))
  XDP_PASS)
