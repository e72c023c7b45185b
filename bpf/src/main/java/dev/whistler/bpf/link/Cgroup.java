package dev.whistler.bpf.link;

import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.LinkCalls;
import dev.whistler.bpf.sys.OpenFile;
import dev.whistler.bpf.sys.SystemCallException;
import java.nio.file.Path;

/** Control groups of version 2. Links can be updated, and end with the group. */
public final class Cgroup {
  private Cgroup() {}

  /**
   * Attaches a program to a group and all groups below it, beside those that are there.
   *
   * @param group directory of the group
   * @param attachType the program's attach type
   * @throws SystemCallException EBADF if the directory is no cgroup of version 2, EINVAL if the
   *     program does not fit the attach type
   */
  public static BpfLink attach(BpfProgram program, Path group, AttachType attachType) {
    String action = "attach " + program + " to cgroup " + group + " as " + attachType;
    try (Fd directory = OpenFile.directory(group)) {
      return BpfLink.of(LinkCalls.create(program.fd(), directory, attachType.number(), 0, action));
    }
  }

  /** The ids of the programs that a group itself holds, in the order in which they run. */
  public static int[] programs(Path group, AttachType attachType) {
    try (Fd directory = OpenFile.directory(group)) {
      return LinkCalls.query(directory, attachType.number(), "query cgroup " + group);
    }
  }
}
