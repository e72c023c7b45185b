package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The integer types of the kernel's C, by the names that format files print (section 13.3). */
final class CTypes {
  /** Words that say nothing about the layout of a value. */
  private static final Set<String> QUALIFIERS =
      Set.of("const", "volatile", "__user", "__kernel", "__iomem", "__rcu", "__percpu");

  /** The words of which C's own types consist, in any order. */
  private static final Set<String> WORDS =
      Set.of("signed", "unsigned", "char", "short", "int", "long");

  /**
   * Type definitions, alike on x86-64 and arm64: include/linux/types.h,
   * include/uapi/asm-generic/int-ll64.h and posix_types.h of Linux 6.12.
   */
  private static final Map<String, ScalarType> DEFINED = new HashMap<>();

  static {
    define(1, false, "u8 __u8 uint8_t u_int8_t u_char unchar bool _Bool");
    define(2, false, "u16 __u16 uint16_t u_int16_t u_short ushort __le16 __be16 __sum16");
    define(4, false, "u32 __u32 uint32_t u_int32_t u_int uint __le32 __be32 __wsum");
    define(8, false, "u64 __u64 uint64_t u_int64_t u_long ulong __le64 __be64");
    define(1, true, "s8 __s8 int8_t");
    define(2, true, "s16 __s16 int16_t");
    define(4, true, "s32 __s32 int32_t");
    define(8, true, "s64 __s64 int64_t");
    define(2, false, "umode_t sa_family_t old_uid_t old_gid_t __kernel_old_uid_t");
    define(4, false, "uid_t gid_t qid_t projid_t mode_t dev_t gfp_t fmode_t slab_flags_t");
    define(4, false, "__kernel_uid_t __kernel_gid_t __kernel_mode_t __kernel_dev_t");
    define(4, false, "__kernel_uid32_t __kernel_gid32_t blk_opf_t __poll_t vm_fault_t");
    define(4, true, "pid_t clockid_t timer_t key_t key_serial_t mqd_t rwf_t daddr_t");
    define(4, true, "__kernel_pid_t __kernel_clockid_t __kernel_timer_t __kernel_key_t");
    define(4, true, "__kernel_mqd_t __kernel_rwf_t __kernel_daddr_t");
    define(8, false, "size_t __kernel_size_t __kernel_ulong_t aio_context_t ino_t sector_t");
    define(8, false, "blkcnt_t uintptr_t phys_addr_t resource_size_t dma_addr_t pgoff_t");
    define(8, true, "ssize_t __kernel_ssize_t __kernel_long_t off_t __kernel_off_t loff_t");
    define(8, true, "__kernel_loff_t time_t time64_t ktime_t clock_t ptrdiff_t intptr_t");
  }

  private CTypes() {}

  private static void define(int size, boolean signed, String names) {
    for (String name : names.split(" ")) {
      DEFINED.put(name, ScalarType.of(size, signed));
    }
  }

  /** The type that a declaration names; empty for pointers, structs and unknown names. */
  static Optional<ScalarType> integer(String declared) {
    List<String> words = new ArrayList<>();
    for (String word : declared.strip().split("\\s+")) {
      if (!QUALIFIERS.contains(word)) {
        words.add(word);
      }
    }
    if (words.size() == 1 && DEFINED.containsKey(words.getFirst())) {
      return Optional.of(DEFINED.get(words.getFirst()));
    }
    if (words.isEmpty() || words.size() > 4 || !WORDS.containsAll(words)) {
      return Optional.empty();
    }
    if (words.contains("char")) {
      // The kernel is built with -funsigned-char, but says of each field whether it is signed.
      return Optional.of(ScalarType.of(1, words.contains("signed")));
    }
    int size = words.contains("short") ? 2 : words.contains("long") ? 8 : 4;
    return Optional.of(ScalarType.of(size, !words.contains("unsigned")));
  }
}
