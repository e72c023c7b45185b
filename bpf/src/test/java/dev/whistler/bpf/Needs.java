package dev.whistler.bpf;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.prog.AttachType;
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

  /** An attach type: the running kernel's own list of them is in its type information. */
  public static void attachType(AttachType type) {
    Btf btf = KernelBtf.running();
    var types = btf.find("bpf_attach_type", BtfType.Enumeration.class);
    boolean known =
        btf.type(types.orElseThrow()) instanceof BtfType.Enumeration list
            && list.values().stream().anyMatch(value -> value.name().equals("BPF_" + type));
    assumeTrue(known, "this kernel has no attach type " + type);
  }

  private static void skipWithout(String what, Probe probe) {
    assumeTrue(probe.support() != Probe.Support.NO, "no " + what + ": " + probe.reason());
  }
}
