package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has become of a program. Written by the operator, on change only; holds no counters. */
@ResourceValue
public record WhistlerProgramStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        long observedGeneration,
    @JsonPropertyDescription("Highest revision that runs somewhere.")
        @Nullable Long currentRevision,
    @JsonPropertyDescription("Revision that all selected nodes shall run.")
        @Nullable Long targetRevision,
    @JsonPropertyDescription("Last revision that ran on all selected nodes.")
        @Nullable Long lastGoodRevision,
    @Size(max = 16) @JsonPropertyDescription("What holds and what does not.")
        List<ResourceCondition> conditions,
    @Size(max = MAX_DIAGNOSTICS) @JsonPropertyDescription("What the compiler says of the source.")
        List<SourceDiagnostic> diagnostics,
    @Size(max = MAX_BUILDS) @JsonPropertyDescription("One entry for each distinct object.")
        List<Build> builds,
    @JsonPropertyDescription("How many nodes run the program.") @Nullable NodeCounts nodes,
    @Size(max = MAX_FAILURES)
        @JsonPropertyDescription("Nodes in trouble and why, the first ten by name.")
        List<NodeFailure> failures,
    @JsonPropertyDescription("How far a new revision has come.") @Nullable Rollout rollout) {

  /** Most diagnostics of a status. */
  public static final int MAX_DIAGNOSTICS = 50;

  /** Most builds of a status. */
  public static final int MAX_BUILDS = 32;

  /** Most failed nodes of a status. */
  public static final int MAX_FAILURES = 10;

  public WhistlerProgramStatus {
    conditions = Absent.list(conditions);
    diagnostics = Absent.list(diagnostics);
    builds = Absent.list(builds);
    failures = Absent.list(failures);
  }

  /**
   * A statement of the compiler about the source, merged over the kernels that it holds for.
   *
   * @param code the compiler's stable code, for instance {@code E-TPFIELD}
   * @param severity how serious
   * @param line from 1
   * @param column from 1, in code points
   * @param message one sentence
   * @param hint what to do
   * @param kernels releases of the kernels it holds for, at most 10; empty: all
   */
  @ResourceValue
  public record SourceDiagnostic(
      @Required @Size(max = 32) @JsonPropertyDescription("The compiler's stable code.") String code,
      @Required @JsonPropertyDescription("How serious it is.") Severity severity,
      @Min(1) @JsonPropertyDescription("Line of the source, from 1.") int line,
      @Min(1) @JsonPropertyDescription("Column in code points, from 1.") int column,
      @Required @Size(max = 1024) @JsonPropertyDescription("What is wrong.") String message,
      @Size(max = 1024) @JsonPropertyDescription("What to do.") @Nullable String hint,
      @Size(max = 10) @JsonPropertyDescription("Kernels that it holds for; all when missing.")
          List<@Size(max = 128) String> kernels) {
    public SourceDiagnostic {
      kernels = Absent.list(kernels);
    }
  }

  /** How serious a diagnostic is. */
  public enum Severity {
    @JsonProperty("Error")
    ERROR,
    @JsonProperty("Warning")
    WARNING,
    @JsonProperty("Note")
    NOTE
  }

  /**
   * What was built for kernels that answer the compiler's questions alike.
   *
   * @param artifact name of the WhistlerArtifact; null when there is none because of errors
   * @param instructions of all programs together
   * @param nodes selected nodes with such a kernel
   * @param kernels their releases, at most 10
   * @param message why there is no artifact
   */
  @ResourceValue
  public record Build(
      @Size(max = 63) @JsonPropertyDescription("Name of the WhistlerArtifact, if there is one.")
          @Nullable String artifact,
      @Min(0) @JsonPropertyDescription("Instructions of all programs together.")
          @Nullable Integer instructions,
      @Min(0) @JsonPropertyDescription("Selected nodes with such a kernel.") int nodes,
      @Size(max = 10) @JsonPropertyDescription("Releases of these kernels.")
          List<@Size(max = 128) String> kernels,
      @Size(max = 1024) @JsonPropertyDescription("Why there is no artifact.")
          @Nullable String message) {
    public Build {
      kernels = Absent.list(kernels);
    }
  }

  /**
   * Counts of selected nodes.
   *
   * @param selected nodes that the selector chooses and that have an agent
   * @param ready those that run the target revision
   * @param failed those that reported a failure, or whose kernel has no artifact
   * @param pending the others, those whose agent is silent among them
   * @param kernels distinct kernel profiles among them
   * @param summary {@code ready/selected}, for the table
   */
  @ResourceValue
  public record NodeCounts(
      @JsonPropertyDescription("Nodes that the selector chooses and that have an agent.")
          int selected,
      @JsonPropertyDescription("Nodes that run the target revision.") int ready,
      @JsonPropertyDescription("Nodes that failed, or for whose kernel it does not compile.")
          int failed,
      @JsonPropertyDescription("Nodes that have not come so far yet, or whose agent is silent.")
          int pending,
      @JsonPropertyDescription("Distinct kernels among the selected nodes.") int kernels,
      @Size(max = 32) @JsonPropertyDescription("ready/selected, for the table.") String summary) {}

  /**
   * A node in trouble: it failed, is kept waiting, runs with a fault, or its agent is silent.
   *
   * @param node its name
   * @param reason one word
   * @param message one sentence
   */
  @ResourceValue
  public record NodeFailure(
      @Required @Size(max = 253) @JsonPropertyDescription("Name of the node.") String node,
      @Required
          @Size(max = 128)
          @Pattern(ResourceCondition.REASON)
          @JsonPropertyDescription("Why, as one word.")
          String reason,
      @Size(max = 1024) @JsonPropertyDescription("Why, as a sentence.") @Nullable String message) {}

  /**
   * How far a roll-out is.
   *
   * @param phase of the target revision
   * @param percent of the nodes that shall run it by now
   * @param canaries nodes that run it first
   */
  @ResourceValue
  public record Rollout(
      @JsonPropertyDescription("Phase of the target revision.")
          WhistlerRevisionStatus.@Nullable Phase phase,
      @Min(0) @Max(100) @JsonPropertyDescription("Share of the nodes that shall run it by now.")
          @Nullable Integer percent,
      @Size(max = 64) @JsonPropertyDescription("Nodes that run it first.")
          List<@Size(max = 253) String> canaries) {
    public Rollout {
      canaries = Absent.list(canaries);
    }
  }
}
