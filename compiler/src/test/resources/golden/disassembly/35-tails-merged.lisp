; Ways that end alike share the end: the two counters lie in different maps, but the addition behind
; the lookup stands there once.
(defmap large :type :array :key-type u32 :value-type u64 :max-entries 1)
(defmap small :type :array :key-type u32 :value-type u64 :max-entries 1)

(defprog tails (:type :tc :section "tc")
  (if (> (ctx len) 1000)
      (incf (getmap large 0))
      (incf (getmap small 0)))
  TC_ACT_OK)
