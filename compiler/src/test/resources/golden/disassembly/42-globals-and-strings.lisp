; Globals are addresses in .bss, .data and .rodata, known when the object is loaded. The text of the
; message lies in .rodata, too, with its length as the helper wants it.
(defglobal count u64)
(defglobal limit u64 100)
(defglobal step u64 5 :const t)

(defprog globals (:type :tc :section "tc")
  (setf count (+ count step))
  (when (> count limit)
    (printk "count %d" count))
  TC_ACT_OK)
