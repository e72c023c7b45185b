(defmap m :type :ringbuf :max-entries 5000)
(defprog p () 0)
