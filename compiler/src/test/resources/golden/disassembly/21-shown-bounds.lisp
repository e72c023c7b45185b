; The compiler knows that a remainder of 12 is below 16, the kernel's verifier does not: it gets a
; mask that changes nothing. For 12 itself there is no mask, so a test that never fails shows it.
(defstruct table (wide (array u32 16)) (narrow (array u32 12)))
(defmap tables :type :array :key-type u32 :value-type table :max-entries 1)

(defprog shown (:type :tc :section "tc")
  (when-let ((tb (getmap tables 0)))
    (+ (table-wide tb (mod (ctx mark) 12))
       (table-narrow tb (mod (ctx len) 12)))))
