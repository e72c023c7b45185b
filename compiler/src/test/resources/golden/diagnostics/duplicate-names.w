(defmap a-b :type :array :key-size 4 :value-size 8 :max-entries 1)
(defmap a_b :type :array :key-size 4 :value-size 8 :max-entries 1)
(defprog p () 1)
