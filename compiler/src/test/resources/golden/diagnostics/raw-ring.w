(defmap r :type :ringbuf :max-entries 4096)
(defprog p () 1)
