package dev.whistler.runtime.adopt;

import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.runtime.StartException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the pins of a program are after a process ended at any moment of a start, an update or a
 * stop. An update is complete once the manifest of the new revision is pinned; one that did not
 * come so far is undone.
 *
 * <ul>
 *   <li>Beside the pins are such without a manifest: either a new revision that did not get all its
 *       places, or a former one on its way out. What is pinned stays, and gets back the places that
 *       run a program from beside.
 *   <li>Beside the pins is a whole revision that replaces them: it takes their place now.
 *   <li>Beside the pins is the whole revision that they have replaced: what its own rings still
 *       hold is delivered, then it goes.
 * </ul>
 *
 * @param current what runs from now on
 * @param former the revision that it replaced, with rings of its own; null if there is none
 * @param beside programs that may be found at the places of the current revision, to be exchanged
 *     for its own
 */
public record Recovery(Earlier current, @Nullable PinnedProgram former, Set<Integer> beside) {

  public Recovery {
    beside = Set.copyOf(beside);
  }

  /**
   * Looks at the pins, and completes an exchange of directories that was under way.
   *
   * @throws StartException {@code TAMPERED} if they are not what was pinned
   */
  public static Recovery of(ProgramPins pins, String uid) throws StartException {
    PinDirectory next = pins.next().orElse(null);
    if (next == null) {
      return new Recovery(PinnedProgram.open(pins.now(), uid), null, Set.of());
    }
    return switch (PinnedProgram.open(next, uid)) {
      case Earlier.Complete(PinnedProgram beside) -> besideWhole(pins, uid, beside);
      // Those of another version cannot be told; whether they were new or old, what is here runs.
      case Earlier.Nothing _, Earlier.Incomplete _, Earlier.OtherVersion _ ->
          new Recovery(PinnedProgram.open(pins.now(), uid), null, programsOf(next));
    };
  }

  private static Recovery besideWhole(ProgramPins pins, String uid, PinnedProgram beside)
      throws StartException {
    Earlier here;
    try {
      here = PinnedProgram.open(pins.now(), uid);
    } catch (StartException e) {
      beside.close();
      throw e;
    }
    Set<Integer> programs = new HashSet<>(beside.programIds());
    if (!(here instanceof Earlier.Complete(PinnedProgram current))) {
      beside.close();
      pins.swap();
      return new Recovery(
          PinnedProgram.open(pins.now(), uid),
          null,
          pins.next().map(Recovery::programsOf).orElse(Set.of()));
    }
    if (current.replaces() == beside.id()) {
      return new Recovery(here, beside, programs);
    }
    programs = current.programIds();
    beside.close();
    current.close();
    pins.swap();
    Earlier now = PinnedProgram.open(pins.now(), uid);
    PinnedProgram former =
        PinnedProgram.open(pins.next().orElseThrow(), uid)
                instanceof Earlier.Complete(PinnedProgram p)
            ? p
            : null;
    return new Recovery(now, former, programs);
  }

  private static Set<Integer> programsOf(PinDirectory half) {
    Set<Integer> ids = new HashSet<>();
    for (String name : half.names()) {
      if (name.startsWith(Staging.PROGRAM)) {
        Optional<BpfProgram> program = half.program(name);
        program.ifPresent(
            one -> {
              ids.add(one.id());
              one.close();
            });
      }
    }
    return ids;
  }
}
