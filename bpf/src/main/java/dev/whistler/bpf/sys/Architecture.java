package dev.whistler.bpf.sys;

/** The machine under this JVM: system call numbers and layouts that differ between machines. */
enum Architecture {
  // Sources: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
  X86_64(321, 298, 12, new FileNumbers(258, 263, 316, 73)),
  ARM64(280, 241, 16, new FileNumbers(34, 35, 276, 32));

  static final Architecture CURRENT = current();

  final int bpfCall;
  final int perfEventOpenCall;

  /** Size of struct epoll_event: packed on x86-64 only. */
  final int epollEventBytes;

  final FileNumbers files;

  /** Numbers of the calls on directories and of flock(2). */
  record FileNumbers(int makeDirectory, int unlink, int rename, int lock) {}

  Architecture(int bpfCall, int perfEventOpenCall, int epollEventBytes, FileNumbers files) {
    this.bpfCall = bpfCall;
    this.perfEventOpenCall = perfEventOpenCall;
    this.epollEventBytes = epollEventBytes;
    this.files = files;
  }

  private static Architecture current() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> ARM64;
      default ->
          throw new UnsupportedException(
              "the BPF library knows Linux on x86-64 and arm64, not " + name);
    };
  }
}
