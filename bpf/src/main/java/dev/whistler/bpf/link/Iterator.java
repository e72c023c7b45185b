package dev.whistler.bpf.link;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.OpenFile;
import dev.whistler.bpf.sys.Structure;

/** Iterators: a program visits all objects of a kind and writes text or bytes about them. */
public final class Iterator {
  private static final int LINK_INFO_BYTES = 16;

  private Iterator() {}

  /** Attaches an iterator program to all objects of its kind. */
  public static BpfLink attach(BpfProgram program) {
    return attach(program, new byte[0]);
  }

  /** Attaches an iterator program to the entries of a map. */
  public static BpfLink attach(BpfProgram program, BpfMap map) {
    return attach(
        program, new Structure(new byte[LINK_INFO_BYTES]).putInt(0, map.fd().number()).bytes());
  }

  private static BpfLink attach(BpfProgram program, byte[] information) {
    return BpfLink.of(
        LinkCalls.iterator(
            program.fd().number(),
            AttachType.TRACE_ITER.number(),
            information,
            "attach iterator " + program));
  }

  /**
   * Runs an iterator once.
   *
   * @param maximum bytes after which reading stops
   * @return what it wrote
   */
  public static byte[] read(BpfLink link, int maximum) {
    try (Fd output = LinkCalls.iterate(link.fd().number(), "run iterator " + link)) {
      return OpenFile.readAll(output, maximum);
    }
  }
}
