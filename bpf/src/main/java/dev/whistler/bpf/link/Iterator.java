package dev.whistler.bpf.link;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.OpenFile;
import org.jspecify.annotations.Nullable;

/** Iterators: a program visits all objects of a kind and writes text or bytes about them. */
public final class Iterator {
  private Iterator() {}

  /** Attaches an iterator program to all objects of its kind. */
  public static BpfLink attach(BpfProgram program) {
    return attach(program, (Fd) null);
  }

  /** Attaches an iterator program to the entries of a map. */
  public static BpfLink attach(BpfProgram program, BpfMap map) {
    return attach(program, map.fd());
  }

  private static BpfLink attach(BpfProgram program, @Nullable Fd map) {
    return BpfLink.of(
        LinkCalls.iterator(
            program.fd(), AttachType.TRACE_ITER.number(), map, "attach iterator " + program));
  }

  /**
   * Runs an iterator once.
   *
   * @param maximum bytes after which reading stops
   * @return what it wrote
   */
  public static byte[] read(BpfLink link, int maximum) {
    try (Fd output = LinkCalls.iterate(link.fd(), "run iterator " + link)) {
      return OpenFile.readAll(output, maximum);
    }
  }
}
