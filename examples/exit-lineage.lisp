;;; Exiting tasks with their parents, read from kernel structures (kprobe).
;;;
;;; ./whistler run examples/exit-lineage.lisp

(import-kernel-struct task-struct tgid real-parent comm)
(defstruct lineage (pid u32 :as pid) (ppid u32 :as pid) (pcomm (array u8 16)))
(defmap lineages :type :ringbuf :max-entries (* 64 1024))

(defprog exit-lineage (:type :kprobe :section "kprobe/do_exit")
  (let* ((task   (get-current-task))
         (parent (task-struct-real-parent task)))
    (with-ringbuf (e lineages (sizeof lineage))
      (setf (lineage-pid e)  (task-struct-tgid task)
            (lineage-ppid e) (task-struct-tgid parent))
      (probe-read-kernel-str (lineage-pcomm-ptr e) 16 (task-struct-comm parent))))
  0)
