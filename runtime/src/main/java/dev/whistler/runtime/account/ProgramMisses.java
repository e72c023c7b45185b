package dev.whistler.runtime.account;

import java.util.OptionalLong;

/**
 * Events that met an attached program and did not run it, as the kernel counts them: {@code hits =
 * runs + missed}. It counts a program that was already running on the CPU, or another one where
 * programs exclude each other (recursion and nesting), probes that were hit within a probe, and
 * return probes for want of an instance; over all revisions since the program was first started.
 *
 * @param program name of the BPF program
 * @param missed empty where this kernel does not count some of it: tracepoints and kernel probes
 *     before 6.7, {@code perf_event} programs
 */
public record ProgramMisses(String program, OptionalLong missed) {
  ProgramMisses plus(ProgramMisses other) {
    return missed.isEmpty()
        ? other
        : new ProgramMisses(program, OptionalLong.of(missed.getAsLong() + other.missed.orElse(0)));
  }
}
