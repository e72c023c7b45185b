;;; Sorts eight packet words on the stack: many live values and run-time indices.
(defstruct words (w (array u32 8)))
(defmap medians :type :array :key-type u32 :value-type u64 :max-entries 1)

(defprog stack-heavy (:type :xdp)
  (with-packet (d e :min-len 32)
    (let ((s (make-words)))
      (memcpy s 0 d 0 32)
      (dotimes (round 8)
        (dotimes (i 7)
          (let ((a (words-w s i)) (b (words-w s (+ i 1))))
            (when (> a b)
              (setf (words-w s i) b
                    (words-w s (+ i 1)) a)))))
      (setf (getmap medians 0) (words-w s 4))))
  XDP_PASS)
