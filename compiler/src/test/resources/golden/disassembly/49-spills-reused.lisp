; A number and its upper half live in words of the stack, since the others take the registers that
; survive a call. A word that was just stored is taken from the register that it came from, and none
; is stored that is not loaded.
(defglobal out u64)

(defprog spills-reused (:type :xdp :section "xdp")
  (with-packet (d e :min-len 64)
    (let* ((a (load u64 d 0)) (b (load u64 d 8)) (c (load u64 d 16)) (x (load u64 d 24))
           (id (ktime-get-ns)) (high (>> id 32)) (now (ktime-get-ns)))
      (setf out (+ (* a now) (* b now) (* c now) (* x now)))
      (setf out (+ (* a b) (* b c) (* c x) (* x a) (ktime-get-ns)))
      (setf out (+ a b c x (ktime-get-ns) id high))))
  XDP_PASS)
