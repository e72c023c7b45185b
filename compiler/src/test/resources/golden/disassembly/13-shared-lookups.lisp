; Whether there is room in the ring or not is counted in one entry of the hidden statistics map. It
; is looked up once, before the reservation is tested, and not on both ways.
(defstruct note (at u64))
(defmap out :type :ringbuf :max-entries 4096)

(defprog shared-lookups (:type :tracepoint :section "tracepoint/sched/sched_switch")
  (with-ringbuf (n out (sizeof note))
    (setf (note-at n) 7))
  0)
