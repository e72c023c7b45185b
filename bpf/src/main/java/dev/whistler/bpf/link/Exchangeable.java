package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.BpfProgram;

/** An attachment whose program can be exchanged for another one without a gap. */
public interface Exchangeable extends Attachment {
  /** Runs another program of the same type from now on. */
  void update(BpfProgram program);
}
