(defstruct a (x u64 :as ipv4) (y (array u8 4) :as ktime) (z u32 :as strng))
(defprog p () 1)
