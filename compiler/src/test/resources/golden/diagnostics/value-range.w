(defmap m1 :type :hash :key-size 4 :value-size 1 :max-entries 16)
(defprog p () (setf (getmap m1 0) 256))
