constants (xdp, 2 instructions)
; 01-constants.lisp:8:5  (+ (* pages +page+) rest (ntohs #x0100))))
    0:  r0 = 16387
    1:  exit
