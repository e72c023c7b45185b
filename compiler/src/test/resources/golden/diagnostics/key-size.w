(defstruct odd8 (a u64))
(defmap wide :type :hash :key-size 16 :value-size 8 :max-entries 16)
(defprog p () (getmap wide (make-odd8)))
