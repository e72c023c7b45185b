(defmap a4 :type :array :key-size 4 :value-type u64 :max-entries 8)
(defprog p () (load u64 (map-lookup a4 0)))
