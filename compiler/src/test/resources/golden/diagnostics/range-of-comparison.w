(defprog p (:type :cgroup-skb)
  (if (= (cast u8 (ctx len)) 300) 1 0))
