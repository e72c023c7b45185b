(defprog a () 1)
(defprog b (:license "MIT") 1)
