; A record is zeroed before the program fills it. Of these 24 bytes only the last 4 are: the padding
; that no field covers. The first store of the mark is overwritten before anyone sees it.
(defstruct event (at u64) (mark u64) (len u32))
(defmap out :type :ringbuf :max-entries 4096)

(defprog dead-stores (:type :tc :section "tc")
  (with-ringbuf (e out (sizeof event))
    (setf (event-mark e) 0)
    (setf (event-at e) (ktime-get-ns)
          (event-mark e) (ctx mark)
          (event-len e) (ctx len)))
  TC_ACT_OK)
