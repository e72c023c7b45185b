package dev.whistler.operator.status;

import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.model.StoredArtifact;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was built: one entry for each artifact, and for each reason why there is none. */
final class BuildReport {
  private static final int MAX_KERNELS = 10;

  private BuildReport() {}

  private record Group(
      @Nullable String artifact, @Nullable Integer instructions, @Nullable String message) {}

  private static final class Members {
    private final SortedSet<String> releases = new TreeSet<>();
    private int nodes;
  }

  static List<Build> of(Observation observation) {
    Map<Group, Members> groups = new LinkedHashMap<>();
    for (SelectedKernel kernel : observation.kernels()) {
      Group group =
          group(
              observation.artifacts().get(kernel.identity()),
              observation.builds().get(kernel.identity()),
              observation.stored());
      Members members = groups.computeIfAbsent(group, key -> new Members());
      members.releases.addAll(kernel.releases());
      members.nodes += kernel.nodes();
    }
    return groups.entrySet().stream()
        .limit(WhistlerProgramStatus.MAX_BUILDS)
        .map(
            entry ->
                new Build(
                    entry.getKey().artifact,
                    entry.getKey().instructions,
                    entry.getValue().nodes,
                    entry.getValue().releases.stream().limit(MAX_KERNELS).toList(),
                    entry.getKey().message))
        .toList();
  }

  private static Group group(
      @Nullable String artifact,
      @Nullable BuildOutcome outcome,
      Map<String, StoredArtifact> stored) {
    // What runs is the artifact, which an older compiler may have written.
    @Nullable StoredArtifact kept = artifact == null ? null : stored.get(artifact);
    if (kept != null && (outcome == null || outcome instanceof BuildOutcome.Built)) {
      return new Group(artifact, kept.instructions(), null);
    }
    return switch (outcome) {
      case BuildOutcome.Built built -> new Group(artifact, built.object().instructions(), null);
      case BuildOutcome.Rejected rejected -> new Group(artifact, null, firstError(rejected));
      case BuildOutcome.Impossible impossible ->
          new Group(
              artifact, null, Texts.clip(Texts.sentence(impossible.message()), Texts.MESSAGE));
      case BuildOutcome.Awaiting awaiting ->
          new Group(artifact, null, "The kernel's profile has not been uploaded yet.");
      case BuildOutcome.Queued queued -> new Group(artifact, null, "It is being compiled.");
      case null -> new Group(artifact, null, null);
    };
  }

  /** The first error, with its place and code, as a sentence. */
  static String firstError(BuildOutcome.Rejected rejected) {
    return rejected.diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
        .findFirst()
        .map(BuildReport::line)
        .orElse("The compiler gave no error; this is a defect, please report it.");
  }

  private static String line(Diagnostic diagnostic) {
    String place =
        "Line %d, column %d, %s: "
            .formatted(
                diagnostic.range().startLine(),
                diagnostic.range().startColumn(),
                diagnostic.code().text());
    return Texts.clip(Texts.sentence(place + diagnostic.message()), Texts.MESSAGE);
  }
}
