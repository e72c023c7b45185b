; Both outcomes of ringbuf-output are counted in one entry of the hidden statistics: it is looked up
; once, and whether it is there is asked once; then only the place of the counter differs.
(defstruct event (len u32) (mark u32))
(defmap out :type :ringbuf :max-entries 4096)

(defprog one-null-test (:type :tc :section "tc")
  (let ((e (make-event)))
    (setf (event-len e) (ctx len)
          (event-mark e) (ctx mark))
    (ringbuf-output out e (sizeof event) 0))
  TC_ACT_OK)
