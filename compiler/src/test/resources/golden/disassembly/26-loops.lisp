; A loop that is too long to copy counts in a register that the verifier sees grow up to the bound.
; That bounds the index, too: no check stands before the load.
(defstruct table (counts (array u64 128)))
(defmap tables :type :array :key-type u32 :value-type table :max-entries 1)

(defprog loops (:type :xdp :section "xdp")
  (when-let ((tb (getmap tables 0)))
    (let ((sum 0))
      (dotimes (i 128)
        (setf sum (+ sum (table-counts tb i))))
      sum)))
