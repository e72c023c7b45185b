package dev.whistler.runtime.load;

import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.sys.FileSystemType;
import dev.whistler.bpf.sys.NetworkDevice;
import dev.whistler.runtime.AttachTarget;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The targets given for programs whose sections do not say where, checked against the programs. */
final class Places {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final String CGROUP_MOUNT = " - cgroup2 ";

  private final List<AttachTarget> targets;

  /** A place on an interface. */
  record OnInterface(int index, Tcx.@Nullable Direction direction) {}

  /**
   * @throws StartException {@code ATTACH_FAILED} if a target names a program that is not there, or
   *     a place that the program cannot have
   */
  Places(ObjectSchema schema, List<AttachTarget> targets) throws StartException {
    this.targets = targets;
    for (AttachTarget target : targets) {
      Optional<ProgramSchema> program =
          schema.programs().stream().filter(p -> isFor(target, p)).findFirst();
      if (program.isPresent()) {
        check(program.get(), target.place());
      } else {
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

  /** A place that is given and not used would look as if the program were there. */
  private static void check(ProgramSchema program, AttachTarget.Place place) throws StartException {
    Optional<String> form = form(program);
    if (form.isEmpty()) {
      throw failure(
          program,
          "has the section '%s', which takes no place; leave the place %s out",
          program.section(),
          text(place));
    }
    boolean fits =
        switch (place) {
          case AttachTarget.Interface(String _, var direction) ->
              program.attach() instanceof Attach.Tc
                  || program.attach() instanceof Attach.Xdp && direction == null;
          case AttachTarget.Cgroup _ -> form.get().startsWith("cgroup:");
          case AttachTarget.Uprobe _ -> form.get().startsWith("uprobe:");
        };
    if (!fits) {
      throw failure(
          program,
          "has the section '%s', which is not attached to %s: attach it with %s=%s",
          program.section(),
          text(place),
          program.name(),
          form.get());
    }
  }

  /** How a place for a program is written; empty if its section says where, or nothing can. */
  private static Optional<String> form(ProgramSchema program) {
    return switch (program.attach()) {
      case Attach.Xdp _ -> Optional.of("if:NAME");
      case Attach.Tc(String direction) ->
          Optional.of(direction.isEmpty() ? "if:NAME:ingress or if:NAME:egress" : "if:NAME");
      case Attach.Cgroup _ -> Optional.of("cgroup:PATH");
      case Attach.Lsm _ when program.section().startsWith("lsm_cgroup") ->
          Optional.of("cgroup:PATH");
      case Attach.Uprobe uprobe when uprobe.path().isEmpty() -> Optional.of("uprobe:FILE:SYMBOL");
      case Attach.UprobeMulti uprobe when uprobe.path().isEmpty() ->
          Optional.of("uprobe:FILE:PATTERN");
      default -> Optional.empty();
    };
  }

  private static String text(AttachTarget.Place place) {
    return switch (place) {
      case AttachTarget.Interface(String name, var direction) ->
          "if:" + name + (direction == null ? "" : ":" + word(direction));
      case AttachTarget.Cgroup(Path path) -> "cgroup:" + path;
      case AttachTarget.Uprobe(Path file, String symbol, long _) -> "uprobe:" + file + ":" + symbol;
    };
  }

  private static String word(Enum<?> direction) {
    return direction.name().toLowerCase(Locale.ROOT);
  }

  private static StartException failure(ProgramSchema program, String why, Object... parts) {
    return new StartException(
        FailureReason.ATTACH_FAILED,
        "Program " + program.name() + " " + why.formatted(parts) + ".");
  }

  /**
   * The network interfaces for a program.
   *
   * @throws StartException {@code ATTACH_FAILED} if none is given, one does not exist, or nobody
   *     says the direction of a tc program
   */
  List<OnInterface> interfaces(ProgramSchema program) throws StartException {
    List<OnInterface> places = new ArrayList<>();
    for (AttachTarget.Interface place : of(program, AttachTarget.Interface.class)) {
      Tcx.Direction direction =
          program.attach() instanceof Attach.Tc(String said)
              ? direction(program, said, place)
              : null;
      places.add(new OnInterface(index(program, place.name()), direction));
    }
    return places;
  }

  private static Tcx.Direction direction(
      ProgramSchema program, String said, AttachTarget.Interface place) throws StartException {
    AttachTarget.Direction given = place.direction();
    if (said.isEmpty() && given == null) {
      throw failure(
          program,
          "has the section '%s', which does not say the direction: attach it with"
              + " %s=if:%s:ingress or %s=if:%s:egress, or write tc/ingress or tc/egress",
          program.section(),
          program.name(),
          place.name(),
          program.name(),
          place.name());
    }
    if (given != null && !said.isEmpty() && !said.equals(word(given))) {
      throw failure(
          program,
          "has the section '%s' and cannot be attached to %s, the other direction; change one of"
              + " them",
          program.section(),
          text(place));
    }
    return (given == null ? said : word(given)).equals("egress")
        ? Tcx.Direction.EGRESS
        : Tcx.Direction.INGRESS;
  }

  private static int index(ProgramSchema program, String name) throws StartException {
    OptionalInt found = name.indexOf('\0') >= 0 ? OptionalInt.empty() : NetworkDevice.index(name);
    if (found.isPresent()) {
      return found.getAsInt();
    }
    throw new StartException(
        FailureReason.ATTACH_FAILED,
        "Program %s cannot be attached: this machine has no network interface '%s'."
            .formatted(program.name(), name));
  }

  /**
   * Directories of the cgroups for a program.
   *
   * @throws StartException {@code ATTACH_FAILED} if none is given or one is no cgroup of version 2
   */
  List<Path> cgroups(ProgramSchema program) throws StartException {
    List<Path> groups = new ArrayList<>();
    for (AttachTarget.Cgroup place : of(program, AttachTarget.Cgroup.class)) {
      Path group = place.path();
      if (!Files.isDirectory(group)) {
        throw failure(program, "cannot be attached: there is no directory %s", group);
      }
      if (!FileSystemType.isCgroup(group)) {
        throw failure(
            program, "cannot be attached: %s is no cgroup of version 2; %s", group, cgroupRoots());
      }
      groups.add(group);
    }
    return groups;
  }

  /** Where cgroups of version 2 are, for people. */
  private static String cgroupRoots() {
    try {
      List<String> roots =
          Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1).stream()
              .filter(line -> line.contains(CGROUP_MOUNT))
              .map(line -> line.split(" ")[4])
              .distinct()
              .toList();
      return roots.isEmpty()
          ? "none are mounted here"
          : "on this machine they are below " + String.join(" and ", roots);
    } catch (IOException _) {
      return "name one, as /sys/fs/cgroup on most machines";
    }
  }

  /** Places in binaries for a program. */
  List<AttachTarget.Uprobe> uprobes(ProgramSchema program) throws StartException {
    return of(program, AttachTarget.Uprobe.class);
  }

  /** Whether any place is given for a program. */
  boolean areGiven(ProgramSchema program) {
    return targets.stream().anyMatch(target -> isFor(target, program));
  }

  private static boolean isFor(AttachTarget target, ProgramSchema program) {
    return target.program().equals(program.name()) || target.program().equals(program.symbol());
  }

  private <P extends AttachTarget.Place> List<P> of(ProgramSchema program, Class<P> kind)
      throws StartException {
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
              .formatted(
                  program.name(),
                  program.section(),
                  program.name(),
                  form(program).orElseThrow().replace(" or ", " or " + program.name() + "=")));
    }
    return places;
  }
}
