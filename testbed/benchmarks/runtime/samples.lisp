;;; Records of 84 bytes, one for each run; the texts come out of the packet.
(defstruct sample
  (pid u32) (uid u32) (cpu u32) (us u32) (count u32)
  (comm (array u8 16) :as string) (path (array u8 48) :as string))
(defmap samples :type :ringbuf :max-entries (* 16 1024 1024))
(defmap counts :type :array :key-type u32 :value-type u64 :max-entries 1)

(defprog produce (:type :xdp)
  (with-packet (d e :min-len 78)
    (when-let ((n (map-lookup counts 0)))
      (incf (load u64 n))
      (with-ringbuf (s samples (sizeof sample))
        (setf (sample-pid s) 1234567  (sample-uid s) 1000  (sample-cpu s) 1
              (sample-us s) 48213  (sample-count s) (cast u32 (load u64 n)))
        (memcpy (sample-comm-ptr s) 0 d 14 16)
        (memcpy (sample-path-ptr s) 0 d 30 48))))
  XDP_PASS)
