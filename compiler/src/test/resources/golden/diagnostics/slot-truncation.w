(defmap m :type :hash :key-type u16 :value-type u8 :max-entries 16)
(defprog p (:type :xdp)
  (setf (getmap m (get-prandom-u32)) 1)
  0)
