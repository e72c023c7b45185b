(defmap m8 :type :hash :key-size 8 :value-size 8 :max-entries 16)
(defprog p () (ringbuf-reserve m8 16 0))
