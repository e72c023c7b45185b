; A product that is kept as a u32 is one 32-bit multiplication, which cuts for free. What goes into
; a field of 32 bits needs no cut at all, and the sum of two u32 has 64 bits unless told otherwise.
(defglobal low u64)
(defglobal field u32)
(defglobal wide u64)

(defprog narrow-arithmetic (:type :tc :section "tc")
  (let* ((a (ctx len)) (b (ctx mark)) (product u32 (* a b)))
    (setf low product
          field (cast i32 (- a b))
          wide (+ a b)))
  TC_ACT_OK)
