dead_code (tc, 2 instructions)
; 17-dead-code.lisp:11:7  TC_ACT_OK)))
    0:  r0 = 0
    1:  exit
