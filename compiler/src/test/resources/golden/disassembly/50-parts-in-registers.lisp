; The words of a structure that nobody takes the address of are values: after each step the lesser
; one and the greater one are in their registers, whichever way the test went, and no stack is used.
(defstruct words (w (array u32 3)))
(defglobal median u64)

(defprog parts (:type :xdp)
  (with-packet (d e :min-len 12)
    (let ((s (make-words)))
      (memcpy s 0 d 0 12)
      (dotimes (round 2)
        (dotimes (i 2)
          (let ((a (words-w s i)) (b (words-w s (+ i 1))))
            (when (> a b)
              (setf (words-w s i) b
                    (words-w s (+ i 1)) a)))))
      (setf median (words-w s 1))))
  XDP_PASS)
