; Ways that end alike up to a test with the same two ways on share the test as well: the addition in
; front of it and the look-up with its test of the result stand there once.
(defmap drops :type :array :key-type u32 :value-type u64 :max-entries 2)

(defprog tests (:type :tc :section "tc")
  (if (> (ctx len) 1000)
      (incf (getmap drops 0))
      (incf (getmap drops 1)))
  TC_ACT_OK)
