package dev.whistler.operator;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerArtifactSpec.ProgramSize;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.build.BuiltObject;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import dev.whistler.operator.model.ProgramIdentity;
import dev.whistler.operator.model.RevisionContent;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.model.Trouble;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A program called {@code forks}, its revisions, and nodes that run them. */
public final class Examples {
  public static final ProgramIdentity FORKS = new ProgramIdentity("forks", "uid-1", 3);

  private Examples() {}

  /** What the program asks for when its text is this. */
  public static RevisionContent content(String source) {
    return RevisionContent.of(FORKS, WhistlerProgramSpec.ofSource(source), source);
  }

  /** A stored revision. */
  public static StoredRevision revision(
      long number, String source, Phase phase, Map<String, String> artifacts) {
    return new StoredRevision(
        new RevisionReading.Readable(content(source).numbered(number)),
        WhistlerRevisionStatus.of(phase, bindings(artifacts)),
        false);
  }

  /** Bindings without signatures, of the artifacts by kernel identity. */
  public static Map<String, Binding> bindings(Map<String, String> artifacts) {
    return artifacts.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, bound -> Binding.to(bound.getValue())));
  }

  /** A kernel whose profile and identity have one name. */
  public static Kernel kernel(String name) {
    return new Kernel(name, null, name, null);
  }

  /** A node that does not say anything of the program. */
  public static ClusterNode node(String name, String profile) {
    return node(name, profile, List.of());
  }

  /** A node that runs a revision of the program. */
  public static ClusterNode running(
      String name, String profile, long revision, @Nullable String reason) {
    return node(
        name, profile, new Running(revision, "artifact", null, reason, message(reason)), null);
  }

  /** A node on which a revision of the program does not start, and nothing else of it runs. */
  public static ClusterNode failed(String name, String profile, long revision, String reason) {
    return node(
        name,
        profile,
        null,
        new Target(revision, "artifact", State.FAILED, reason, message(reason)));
  }

  private static @Nullable String message(@Nullable String reason) {
    return reason == null ? null : reason + " happened.";
  }

  /** A node that reports this of the program. */
  public static ClusterNode node(
      String name, String profile, @Nullable Running running, @Nullable Target target) {
    return node(name, profile, List.of(new NodeProgram("forks", "uid-1", running, target)));
  }

  private static ClusterNode node(String name, String profile, List<NodeProgram> reports) {
    return new ClusterNode(
            name,
            Map.of(),
            Optional.of(kernel(profile)),
            release(profile),
            Map.of(),
            Optional.empty(),
            Liveness.ALIVE)
        .withPrograms(reports);
  }

  /** The same node, but its agent is silent, or was not heard of yet. */
  public static ClusterNode withLiveness(ClusterNode node, Liveness liveness) {
    return node.with(node.labels(), liveness);
  }

  /** The same node, but its agent says that it cannot run programs. */
  public static ClusterNode unusable(ClusterNode node, Optional<String> profile, String reason) {
    return new ClusterNode(
        node.name(),
        node.labels(),
        profile.map(Examples::kernel),
        node.release(),
        node.programs(),
        Optional.of(new Trouble(reason, reason + " happened.")),
        node.liveness());
  }

  /** A node that goes on with an older revision because a newer one does not start. */
  public static ClusterNode updating(
      String name,
      String profile,
      long running,
      long target,
      State state,
      @Nullable String reason) {
    return node(
        name,
        profile,
        new Running(running, "artifact", null, null, null),
        new Target(target, "artifact", state, reason, message(reason)));
  }

  /** What is known of an artifact of the program, made from this text for these answers. */
  public static StoredArtifact artifact(String name, String source, String answers) {
    return new StoredArtifact(
        name,
        "uid-1",
        content(source).sourceDigest(),
        answers,
        7,
        Optional.empty(),
        Optional.empty());
  }

  /** The release that the nodes of a profile state. */
  public static String release(String profile) {
    return "release-of-" + profile;
  }

  /** An outcome with an object of so many instructions. */
  public static BuildOutcome.Built built(int instructions) {
    return new BuildOutcome.Built(
        new BuiltObject(
            "x86-64",
            "0".repeat(64),
            "1".repeat(64),
            new byte[] {1},
            List.of(new ProgramSize("p", instructions, 0)),
            "2".repeat(64),
            null,
            List.of()),
        List.of());
  }

  /** A diagnostic at a place. */
  public static Diagnostic diagnostic(Code code, int line, int column, String message) {
    return new Diagnostic(
        code,
        code.severity(),
        message,
        new SourceRange("forks.lisp", line, column, line, column + 1),
        null,
        List.of(),
        List.of());
  }
}
