; Each map operation wants its key in memory. The three keys here are one: it is stored once, and
; all calls get the same address.
(defmap first-seen :type :hash :key-type u32 :value-type u64 :max-entries 64)
(defmap last-seen :type :hash :key-type u32 :value-type u64 :max-entries 64)
(defmap dropped :type :hash :key-type u32 :value-type u64 :max-entries 64)

(defprog shared-slots (:type :tc :section "tc")
  (let ((mark (ctx mark)))
    (setf (getmap first-seen mark) 1)
    (setf (getmap last-seen mark) 1)
    (remmap dropped mark))
  TC_ACT_OK)
