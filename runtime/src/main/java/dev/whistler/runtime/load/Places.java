package dev.whistler.runtime.load;

import dev.whistler.bpf.sys.NetworkDevice;
import dev.whistler.runtime.AttachTarget;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The targets given for programs whose sections do not say where, checked against the programs. */
final class Places {
  private final List<AttachTarget> targets;

  /**
   * @throws StartException {@code ATTACH_FAILED} if a target names a program that is not there
   */
  Places(ObjectSchema schema, List<AttachTarget> targets) throws StartException {
    this.targets = targets;
    for (AttachTarget target : targets) {
      if (schema.program(target.program()).isEmpty()) {
        throw new StartException(
            FailureReason.ATTACH_FAILED,
            "There is no program '%s' to attach; there are: %s."
                .formatted(
                    target.program(),
                    schema.programs().stream()
                        .map(ProgramSchema::name)
                        .collect(Collectors.joining(", "))));
      }
    }
  }

  /**
   * Indices of the network interfaces for a program.
   *
   * @throws StartException {@code ATTACH_FAILED} if none is given or one does not exist
   */
  List<Integer> interfaces(ProgramSchema program) throws StartException {
    List<Integer> indices = new ArrayList<>();
    for (AttachTarget.Interface place : of(program, AttachTarget.Interface.class, "if:NAME")) {
      indices.add(index(program, place.name()));
    }
    return indices;
  }

  private static int index(ProgramSchema program, String name) throws StartException {
    OptionalInt found = NetworkDevice.index(name);
    if (found.isPresent()) {
      return found.getAsInt();
    }
    throw new StartException(
        FailureReason.ATTACH_FAILED,
        "Program %s cannot be attached: this machine has no network interface '%s'."
            .formatted(program.name(), name));
  }

  /** Directories of the cgroups for a program. */
  List<Path> cgroups(ProgramSchema program) throws StartException {
    return of(program, AttachTarget.Cgroup.class, "cgroup:PATH").stream()
        .map(AttachTarget.Cgroup::path)
        .toList();
  }

  /** Places in binaries for a program. */
  List<AttachTarget.Uprobe> uprobes(ProgramSchema program) throws StartException {
    return of(program, AttachTarget.Uprobe.class, "uprobe:FILE:SYMBOL");
  }

  /** Whether any place is given for a program. */
  boolean areGiven(ProgramSchema program) {
    return targets.stream().anyMatch(target -> isFor(target, program));
  }

  private static boolean isFor(AttachTarget target, ProgramSchema program) {
    return target.program().equals(program.name()) || target.program().equals(program.symbol());
  }

  private <P extends AttachTarget.Place> List<P> of(
      ProgramSchema program, Class<P> kind, String form) throws StartException {
    List<P> places =
        targets.stream()
            .filter(target -> isFor(target, program))
            .map(AttachTarget::place)
            .filter(kind::isInstance)
            .map(kind::cast)
            .toList();
    if (places.isEmpty()) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s has the section '%s', which does not say where: attach it with %s=%s."
              .formatted(program.name(), program.section(), program.name(), form));
    }
    return places;
  }
}
