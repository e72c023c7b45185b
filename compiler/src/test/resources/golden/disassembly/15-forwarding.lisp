; What was just stored is not loaded: the sum of the two fields is made of what was put there. The
; block on the stack is not even zeroed, since nobody reads it any more.
(defstruct point (x u32) (y u32))

(defprog forwarding (:type :tc :section "tc")
  (let ((p (make-point)))
    (setf (point-x p) (ctx len)
          (point-y p) (ctx mark))
    (+ (point-x p) (point-y p))))
