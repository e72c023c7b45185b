narrow_tests (tc, 21 instructions)
; 22-narrow-tests.lisp:5:1  (defprog narrow-tests (:type :tc :section "tc")
    0:  r6 = r1
; 22-narrow-tests.lisp:6:18  (let ((uid u32 (get-current-uid-gid)) (mark i32 (ctx mark)))
    1:  call get_current_uid_gid#15
; 22-narrow-tests.lisp:6:51  (let ((uid u32 (get-current-uid-gid)) (mark i32 (ctx mark)))
    2:  r3 = *(u32 *)(r6 + 8)
; 22-narrow-tests.lisp:7:11  (when (= uid #xffffffff)
    3:  if w0 != -1 goto +7 <11>
; 22-narrow-tests.lisp:8:13  (incf n))
    4:  r1 = n ll
    6:  r1 = *(u64 *)(r1 + 0)
; 22-narrow-tests.lisp:8:7  (incf n))
    7:  r1 += 1
    8:  r2 = n ll
   10:  *(u64 *)(r2 + 0) = r1
; 22-narrow-tests.lisp:9:11  (when (s< mark 5)
   11:  if w3 s>= 5 goto +7 <19>
; 22-narrow-tests.lisp:10:13  (incf n)))
   12:  r1 = n ll
   14:  r1 = *(u64 *)(r1 + 0)
; 22-narrow-tests.lisp:10:7  (incf n)))
   15:  r1 += 1
   16:  r2 = n ll
   18:  *(u64 *)(r2 + 0) = r1
; 22-narrow-tests.lisp:11:3  TC_ACT_OK)
   19:  r0 = 0
   20:  exit
