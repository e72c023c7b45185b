; Counting is one locked addition to the map's value. Where the old value is asked for (v3), the
; same instruction fetches it.
(defstruct totals (packets u64) (bytes u64))
(defmap all :type :array :key-type u32 :value-type totals :max-entries 1)

(defprog atomics (:type :tc :section "tc")
  (when-let ((a (getmap all 0)))
    (atomic-add a (offsetof totals bytes) (ctx len))
    (return (atomic-fetch-add a (offsetof totals packets) 1)))
  TC_ACT_OK)
