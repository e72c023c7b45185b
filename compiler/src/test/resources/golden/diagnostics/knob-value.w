;; knob limit=abc
(defknob limit u32 10)
(defprog p () 0)
