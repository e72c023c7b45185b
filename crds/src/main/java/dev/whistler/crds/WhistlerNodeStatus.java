package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node is and runs, as its agent says. */
@ResourceValue
public record WhistlerNodeStatus(
    @Size(max = 128) @JsonPropertyDescription("Release of the running kernel, for people.")
        @Nullable String kernelRelease,
    @Pattern("^(x86-64|arm64)$") @JsonPropertyDescription("Architecture of the machine.")
        @Nullable String architecture,
    @Size(max = 64) @JsonPropertyDescription("Changes with every boot.") @Nullable String bootId,
    @Size(max = 64) @JsonPropertyDescription("Version of the agent.") @Nullable String agentVersion,
    @Pattern("^[0-9a-f]{40}$")
        @JsonPropertyDescription("Name of the KernelProfile that describes the running kernel.")
        @Nullable String profile,
    @Size(max = 64) @JsonPropertyDescription("What this machine can and cannot do.")
        List<Feature> features,
    @Size(max = 256)
        @JsonPropertyDescription("Programs that the agent has taken on, ordered by name.")
        List<NodeProgram> programs,
    @Size(max = 16) @JsonPropertyDescription("What holds and what does not.")
        List<ResourceCondition> conditions) {
  public WhistlerNodeStatus {
    features = Absent.list(features);
    programs = Absent.list(programs);
    conditions = Absent.list(conditions);
  }

  /** The outcome of a probe. */
  public enum Support {
    @JsonProperty("Supported")
    SUPPORTED,
    @JsonProperty("NotSupported")
    NOT_SUPPORTED,
    /** The probe itself failed; {@code reason} says how. */
    @JsonProperty("Unknown")
    UNKNOWN
  }

  /**
   * A feature of the machine.
   *
   * @param name for instance {@code RingBuffer}
   * @param support the outcome of the probe
   * @param reason why it is not supported or could not be told
   */
  @ResourceValue
  public record Feature(
      @Required @Size(min = 1, max = 64) @JsonPropertyDescription("Name of the feature.")
          String name,
      @Required @JsonPropertyDescription("Outcome of the probe.") Support support,
      @Size(max = 256) @JsonPropertyDescription("Why not.") @Nullable String reason) {}

  /** How far a program is on a node. A program that was unloaded is no longer listed. */
  public enum State {
    /** The artifact is being fetched, checked, loaded or attached. */
    @JsonProperty("Pending")
    PENDING,
    /**
     * Attached, its records are read. {@code reason} may say that delivery has trouble: {@code
     * SinkUnavailable}, {@code RecordsLost} or {@code RecordsUndecodable}.
     */
    @JsonProperty("Running")
    RUNNING,
    /** Not loaded; {@code reason} is one of {@link NodeReason}. */
    @JsonProperty("Failed")
    FAILED,
    /** Being detached and removed. */
    @JsonProperty("Unloading")
    UNLOADING
  }

  /**
   * A program on a node. One entry for each program; while a new revision starts beside an old one,
   * the entry speaks of the new one once that runs.
   *
   * @param name of the WhistlerProgram
   * @param uid of the WhistlerProgram
   * @param revision number of the revision
   * @param artifact name of the WhistlerArtifact
   * @param state how far it is
   * @param reason one word, see {@link NodeReason}; null when there is nothing to say
   * @param message one sentence
   */
  @ResourceValue
  public record NodeProgram(
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerProgram.")
          String name,
      @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of the WhistlerProgram.")
          String uid,
      @Required @Min(1) @JsonPropertyDescription("Number of the revision.") long revision,
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerArtifact.")
          String artifact,
      @Required @JsonPropertyDescription("How far it is.") State state,
      @Size(max = 128) @JsonPropertyDescription("Why, as one word.") @Nullable String reason,
      @Size(max = 256) @JsonPropertyDescription("Why, as a sentence.") @Nullable String message) {}
}
