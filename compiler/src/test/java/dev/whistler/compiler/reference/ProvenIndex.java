package dev.whistler.compiler.reference;

/**
 * Programs that are right and that verifiers of some kernels refused, since they could not see what
 * the compiler knew.
 */
enum ProvenIndex {
  /** The check saw {@code 2 k}, the address was {@code 16 k}. */
  SCALED("(cell-q p (* 2 k))", "(cell-q p (<< k 1))", "(cell-h p (* (+ k 1) 2))"),

  /** A guard of the program's own on what is scaled later. */
  SCALED_UNDER_A_GUARD(
      "(let ((j (<< k 1))) (if (< j 32) (load u64 (cell-q-ptr p) (logand (<< j 1) 56)) 0))",
      "(let ((j (* 4 k))) (if (< j 16) (load u32 (cell-q-ptr p) (* 2 j)) 0))"),

  /** Tested before it was extended. */
  SIGN_EXTENDED(
      "(cell-one p (cast i32 (load u32 d 4)))",
      "(cell-q p (cast i8 k))",
      "(let ((j i16 (load u16 d 8))) (if (= j 3) (cell-b p j) 0))"),

  /** Before Linux 6.13 a swapped number is any number. */
  SWAPPED(
      "(cell-q p (>> (ntohs (load u16 d 14)) 13))",
      "(cell-q p (>> (ntohl (load u32 d 14)) 29))",
      "(cell-w p (>> (ntohs (load u16 d 14)) 14))",
      "(cell-all p (>> (logand (ntohs (load u16 d 14)) 65535) 8))",
      "(cell-all p (logand (ntohll (load u64 d 14)) 255))"),

  /** A guard of the program's own that only we know to hold always. */
  SWAPPED_UNDER_A_GUARD(
      "(let ((j (>> (ntohs (load u16 d 14)) 11))) (if (< j 33) (load u8 (cell-all-ptr p) (* 4 j)) 0))",
      "(let ((n (cast i32 (>> (ntohs (load u16 d 14)) 13)))) (if (and (/= n 0) (<= n 32))"
          + " (probe-read-kernel (global-ptr gs) n 77) 0))"),

  /** No verifier follows how a logarithm is made. */
  LOGARITHM(
      "(cell-q p (>> (log2 (load u64 d 8)) 3))",
      "(cell-all p (log2 (load u64 d 8)))",
      "(cell-q p (>> (log2 (load u32 d 8)) 3))"),

  /** Nor a remainder. */
  REMAINDER("(cell-q p (mod (load u64 d 8) 7))", "(cell-w p (/ k 60))"),

  /** Helper loops have indices that the verifier does not know. */
  HELPER_LOOP(
      "(progn (bpf-loop (i 8) (incf (gq (* 2 i)))) 1)",
      "(progn (bpf-loop (i 20) (incf (cell-w p (>> i 1)))) 1)"),

  /** A packet's length is checked for one sum, and another one is the address. */
  OFFSET_IN_A_PACKET(
      "(let ((o (* 4 (logand k 7)))) (if (<= (+ d o 18) e) (load u32 d (+ o 14)) 9))",
      "(let ((o (* 4 (logand k 7)))) (if (<= (+ d o 18) e) (load u32 (+ d o 14)) 9))",
      "(let ((o (* 4 (logand k 7)))) (if (> (+ d 14 o 4) e) 9 (load u16 (+ o d) 16)))"),

  /**
   * More values than registers: the index is compared in one register and loaded into another, and
   * verifiers before 6.8 do not carry the bound over.
   */
  SPILLED(
      spilled("(ga i)"),
      spilled("(cell-h p (cast u16 i))"),
      spilled("(let ((j (min i 5))) (gq j))"),
      "(let ((a (load u8 d 3)) (b (load u8 d 4)) (c (load u8 d 5)) (x (load u8 d 6)) (y (load u8 d 7)))"
          + " (setf (getmap some 1) (ga a)) (setf (getmap some 2) (ga b)) (setf (getmap some 3) (gq c))"
          + " (setf (getmap some 4) (gh x)) (setf (getmap some 5) (gh y)) (+ a b c x y))");

  /** A helper's size that is not 0, which verifiers before 6.8 only see in "greater". */
  static final String SIZES =
      """
      (defstruct ev (len u32) (data (array u8 64) :as bytes))
      (defmap r :type :ringbuf :max-entries 65536)
      (defprog v (:type :tc)
        (let ((n (min (ctx len) 64)))
          (if (> n 0)
            (with-ringbuf (v r (sizeof ev))
              (skb-load-bytes (ctx-ptr) 0 (ev-data-ptr v) n))))
        (let ((n (ctx len)))
          (when (and n (<= n 64))
            (with-ringbuf (v r (sizeof ev))
              (skb-load-bytes (ctx-ptr) 0 (ev-data-ptr v) n))))
        (let ((n (logand (ctx len) 63)))
          (when (>= n 1)
            (with-ringbuf (v r (sizeof ev))
              (setf (ev-len v) n)
              (skb-load-bytes (ctx-ptr) 0 (ev-data-ptr v) n))))
        0)
      """;

  private final String[] reads;

  ProvenIndex(String... reads) {
    this.reads = reads;
  }

  private static String spilled(String read) {
    StringBuilder bindings = new StringBuilder();
    StringBuilder sum = new StringBuilder();
    for (int i = 0; i < 11; i++) {
      bindings.append("(k%d (load u64 d %d)) ".formatted(i, 2 * i));
      sum.append(" k").append(i);
    }
    return "(let* ((i (load u8 d 3)) %s) (setf (getmap some 1) k1) (logxor %s i%s))"
        .formatted(bindings, read, sum);
  }

  /** What is read in turn. */
  String[] reads() {
    return reads.clone();
  }

  /** A unit that reads one of them. */
  static String unit(String read) {
    return IndexPrograms.unit(
        Form.read(
            "(let ((k (load u8 d 16))) (when-let ((p (getmap cells 1))) (+ 1 " + read + ")))"));
  }
}
