; A field that is written on one way only keeps its zero, or the record would show what the memory
; held before. The field that both ways write needs none.
(defstruct event (mark u64) (len u64))
(defmap out :type :ringbuf :max-entries 4096)

(defprog some-ways (:type :tc :section "tc")
  (with-ringbuf (e out (sizeof event))
    (if (> (ctx len) 100)
        (setf (event-len e) 100)
        (setf (event-len e) (ctx len)
              (event-mark e) (ctx mark))))
  TC_ACT_OK)
