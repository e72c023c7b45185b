;;; Forms that are other forms of the language (sections 8.1 and 11.7), each a list of its name and what it stands for.
;;;
;;; A comma stands before what a use gives. (:with X …) is there if the use gives X, (:without X …) if it does not.
;;; Every other symbol is fresh in each use: a variable is nobody else's, and an operator or a type is that of the
;;; language, whatever the source defines under the same name.

(do-user-ptrs
  (let* ((base ,base) (count ,count))
    (dotimes (i ,bound)
      (when (< i count)
        (when-let ((,v (user-load u64 base (* i 8))))
          (:with index (let ((,index i)) ,@forms))
          (:without index ,@forms))))))

(do-user-array-of-scalars
  (let* ((base ,base) (count ,count))
    (dotimes (i ,bound)
      (when (< i count)
        (let ((,v (user-load ,type base (* i ,size))))
          (:with index (let ((,index i)) ,@forms))
          (:without index ,@forms))))))

;; The copy is made once and reused; an element that cannot be read leaves it zeroed by the helper.
(do-user-array-of-structs
  (let* ((base ,base) (count ,count) (copy (,maker)))
    (dotimes (i ,bound)
      (when (< i count)
        (probe-read-user copy ,size (+ base (* i ,size)))
        (let ((,v copy))
          (:with index (let ((,index i)) ,@forms))
          (:without index ,@forms))))))

(fill-process-info
  (let ((record ,record))
    (:with pid-field (setf (,pid-field record) (>> (get-current-pid-tgid) 32)))
    (:with uid-field (setf (,uid-field record) (cast u32 (get-current-uid-gid))))
    (:with timestamp-field (setf (,timestamp-field record) (ktime-get-ns)))
    (:with comm-field
      (get-current-comm (,comm-field record) (:with comm-size ,comm-size) (:without comm-size 16)))))
