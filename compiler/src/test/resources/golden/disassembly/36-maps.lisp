; What the forms of a hash become. incf inserts what was not there, without losing a count to
; another CPU that does the same; an update that fails unseen is counted in a hidden global.
(defmap bytes :type :lru-hash :key-type u32 :value-type u64 :max-entries 1024)

(defprog maps (:type :tc :section "tc")
  (incf (getmap bytes (ctx mark)) (ctx len))
  TC_ACT_OK)
