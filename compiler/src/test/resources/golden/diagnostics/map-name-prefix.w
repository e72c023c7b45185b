(defmap connections-by-address :type :array :key-size 4 :value-size 8 :max-entries 1)
(defmap connections-by-port :type :array :key-size 4 :value-size 8 :max-entries 1)
(defprog p () 1)
