narrow_tests (tc, 17 instructions)
; 22-narrow-tests.lisp:5:1  (defprog narrow-tests (:type :tc :section "tc")
    0:  r6 = r1
; 22-narrow-tests.lisp:6:18  (let ((uid u32 (get-current-uid-gid)) (mark i32 (ctx mark)))
    1:  call get_current_uid_gid#15
; 22-narrow-tests.lisp:6:51  (let ((uid u32 (get-current-uid-gid)) (mark i32 (ctx mark)))
    2:  r3 = *(u32 *)(r6 + 8)
; 22-narrow-tests.lisp:7:11  (when (= uid #xffffffff)
    3:  if w0 != -1 goto +5 <9>
; 22-narrow-tests.lisp:8:13  (incf n))
    4:  r2 = n ll
    6:  r1 = *(u64 *)(r2 + 0)
; 22-narrow-tests.lisp:8:7  (incf n))
    7:  r1 += 1
    8:  *(u64 *)(r2 + 0) = r1
; 22-narrow-tests.lisp:9:11  (when (s< mark 5)
    9:  if w3 s>= 5 goto +5 <15>
; 22-narrow-tests.lisp:10:13  (incf n)))
   10:  r2 = n ll
   12:  r1 = *(u64 *)(r2 + 0)
; 22-narrow-tests.lisp:10:7  (incf n)))
   13:  r1 += 1
   14:  *(u64 *)(r2 + 0) = r1
; 22-narrow-tests.lisp:11:3  TC_ACT_OK)
   15:  r0 = 0
   16:  exit
