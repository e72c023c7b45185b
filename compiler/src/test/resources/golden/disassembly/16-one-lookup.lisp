; A map's value is looked up once: incf asks for the key that getmap has just asked for, and nothing
; between them could have taken the entry of an array away.
(defmap hits :type :array :key-type u32 :value-type u64 :max-entries 16)

(defprog one-lookup (:type :tc :section "tc")
  (when (< (getmap hits 3) 100)
    (incf (getmap hits 3)))
  TC_ACT_OK)
