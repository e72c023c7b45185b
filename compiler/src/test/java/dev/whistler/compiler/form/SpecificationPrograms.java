package dev.whistler.compiler.form;

import java.util.List;

/** The example programs of Appendix F, kept in {@code /programs} of the test resources. */
public final class SpecificationPrograms {
  public static final List<String> NAMES =
      List.of(
          "f01-exec",
          "f02-open",
          "f03-fork",
          "f04-sched-wait",
          "f05-tcp-connect",
          "f06-oom-kill",
          "f07-signal",
          "f08-block-latency",
          "f09-xdp-count",
          "f10-port-blocker",
          "f11-tc-classify",
          "f12-connect-guard",
          "f13-lineage",
          "f14-tail-call");

  private SpecificationPrograms() {}

  /** The text of a program. */
  public static String source(String name) {
    return SampleKernel.resource("/programs/" + name + ".w");
  }
}
