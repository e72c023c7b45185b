shared_slots (tc, 36 instructions)
; 14-shared-slots.lisp:8:15  (let ((mark (ctx mark)))
    0:  r1 = *(u32 *)(r1 + 8)
; 14-shared-slots.lisp:9:30  (setf (getmap first-seen mark) 1)
    1:  *(u32 *)(r10 - 12) = r1
; 14-shared-slots.lisp:9:36  (setf (getmap first-seen mark) 1)
    2:  *(u64 *)(r10 - 8) = 1
; 14-shared-slots.lisp:9:5  (setf (getmap first-seen mark) 1)
    3:  r1 = first_seen ll
    5:  r2 = r10
    6:  r2 += -12
    7:  r3 = r10
    8:  r3 += -8
    9:  r4 = 0
   10:  call map_update_elem#2
   11:  if w0 == 0 goto +4 <16>
   12:  r2 = 1
   13:  r1 = first_seen__failed_updates ll
   15:  lock *(u64 *)(r1 + 0) += r2
; 14-shared-slots.lisp:10:5  (setf (getmap last-seen mark) 1)
   16:  r1 = last_seen ll
   18:  r2 = r10
   19:  r2 += -12
   20:  r3 = r10
   21:  r3 += -8
   22:  r4 = 0
   23:  call map_update_elem#2
   24:  if w0 == 0 goto +4 <29>
   25:  r2 = 1
   26:  r1 = last_seen__failed_updates ll
   28:  lock *(u64 *)(r1 + 0) += r2
; 14-shared-slots.lisp:11:5  (remmap dropped mark))
   29:  r1 = dropped ll
   31:  r2 = r10
   32:  r2 += -12
   33:  call map_delete_elem#3
; 14-shared-slots.lisp:12:3  TC_ACT_OK)
   34:  r0 = 0
   35:  exit
