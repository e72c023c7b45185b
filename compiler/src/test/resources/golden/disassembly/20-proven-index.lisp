; An index that cannot be too large is not checked: the mask proves the first, the test that the
; program makes itself the second. The third is checked, and yields 0 beyond the end.
(defstruct table (counts (array u32 16)))
(defmap tables :type :array :key-type u32 :value-type table :max-entries 1)

(defprog proven (:type :tc :section "tc")
  (when-let ((tb (getmap tables 0)))
    (let ((mark (ctx mark)) (len (ctx len)))
      (+ (table-counts tb (logand mark 15))
         (if (< len 16) (table-counts tb len) 0)
         (table-counts tb (ctx queue-mapping))))))
