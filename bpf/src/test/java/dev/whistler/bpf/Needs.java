package dev.whistler.bpf;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.prog.ProgramType;

/**
 * What a test needs of the running kernel: without it the test is skipped with the probe's words.
 */
public final class Needs {
  private Needs() {}

  /** A kind of link. */
  public static void link(LinkFeature feature) {
    skipWithout(feature.toString(), Features.link(feature));
  }

  /** A type of program. */
  public static void program(ProgramType type) {
    skipWithout("programs of type " + type, Features.programType(type));
  }

  private static void skipWithout(String what, Probe probe) {
    assumeTrue(probe.support() != Probe.Support.NO, "no " + what + ": " + probe.reason());
  }
}
