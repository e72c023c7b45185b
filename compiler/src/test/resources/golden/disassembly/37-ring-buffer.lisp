; A return in the body of with-ringbuf gives the reservation back on its way out; the other way
; submits it. Both are counted, so produced, lost and discarded add up.
(defstruct event (mark u32) (len u32))
(defmap out :type :ringbuf :max-entries 4096)

(defprog ring-buffer (:type :tc :section "tc")
  (with-ringbuf (e out (sizeof event))
    (when (< (ctx len) 60)
      (return TC_ACT_SHOT))
    (setf (event-mark e) (ctx mark)
          (event-len e) (ctx len)))
  TC_ACT_OK)
