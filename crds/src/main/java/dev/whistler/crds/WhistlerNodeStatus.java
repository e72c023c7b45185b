package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Optional;
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
        @JsonPropertyDescription("Former field, see kernel. Name of the KernelProfile.")
        @Nullable String profile,
    @JsonPropertyDescription("What describes the running kernel, once the agent has looked at it.")
        @Nullable Kernel kernel,
    @Size(max = 64) @JsonPropertyDescription("What this machine can and cannot do.")
        List<Feature> features,
    @Size(max = MAX_PROGRAMS)
        @JsonPropertyDescription("Programs that the agent has taken on, ordered by name.")
        List<NodeProgram> programs,
    @Size(max = 16) @JsonPropertyDescription("What holds and what does not.")
        List<ResourceCondition> conditions) {
  public WhistlerNodeStatus {
    features = Absent.list(features);
    programs = Absent.list(programs);
    conditions = Absent.list(conditions);
  }

  /** Most programs of a status; a node takes on no more. */
  public static final int MAX_PROGRAMS = 256;

  /**
   * The kernel that the node states, with the types and the identity that follow from it; agents of
   * older versions state a profile only.
   */
  public Optional<Kernel> kernelStated() {
    return kernel == null
        ? Optional.ofNullable(profile).map(name -> Kernel.of(name, null))
        : Optional.of(Kernel.of(kernel.profile, kernel.pieces));
  }

  /**
   * What describes a kernel.
   *
   * @param profile name of the {@link KernelProfile}
   * @param types digest of the kernel's types, see {@link TypesPieces#digest}; null where the
   *     kernel has none; for people: nobody need believe it
   * @param identity of the two, see {@link KernelIdentity}; for people as well
   * @param pieces of which the types are made; null where the kernel has none
   */
  @ResourceValue
  public record Kernel(
      @Required
          @Pattern("^[0-9a-f]{40}$")
          @JsonPropertyDescription("Name of the KernelProfile that describes the running kernel.")
          String profile,
      @Pattern("^[0-9a-f]{40}$") @JsonPropertyDescription("Digest of the kernel's types.")
          @Nullable String types,
      @Required @Pattern("^[0-9a-f]{40}$") @JsonPropertyDescription("Digest of profile and types.")
          String identity,
      @JsonPropertyDescription("The KernelTypes that make the kernel's types.")
          @Nullable TypesPieces pieces) {
    /** A kernel with its identity. */
    public static Kernel of(String profile, @Nullable TypesPieces pieces) {
      @Nullable String types = pieces == null ? null : pieces.digest();
      return new Kernel(profile, types, KernelIdentity.of(profile, types), pieces);
    }

    /**
     * The identities by which artifacts may be bound for it, the closest first: what was made for
     * its profile alone, before its types were told, asks for no types and is right with any.
     */
    public List<String> identities() {
      return types == null
          ? List.of(identity)
          : List.of(identity, KernelIdentity.of(profile, null));
    }
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

  /** How far a node is with what it shall run and does not run yet. */
  public enum State {
    /** Not tried yet, or to be tried again; {@code reason} says after what. */
    @JsonProperty("Pending")
    PENDING,
    /** It is loaded to see whether the kernel's verifier accepts it. */
    @JsonProperty("Verifying")
    VERIFYING,
    /** The kernel's verifier accepts it; that it runs is not asked of the node yet. */
    @JsonProperty("Verified")
    VERIFIED,
    /** The artifact is being fetched, checked, loaded or attached. */
    @JsonProperty("Starting")
    STARTING,
    /** It does not run here; {@code reason} is one of {@link NodeReason}. */
    @JsonProperty("Failed")
    FAILED,
    /** Being detached and removed: nothing is wanted of the program any more. */
    @JsonProperty("Unloading")
    UNLOADING
  }

  /**
   * A program on a node: what runs and what shall run are two things. An update that fails leaves
   * {@code running} as it is. One entry for each program; it goes once nothing of the program is in
   * the kernel and nothing is wanted of it.
   *
   * @param name of the WhistlerProgram
   * @param uid of the WhistlerProgram
   * @param running what runs; null when nothing does
   * @param target what the node is to come to; null once it runs that
   */
  @ResourceValue
  public record NodeProgram(
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerProgram.")
          String name,
      @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of the WhistlerProgram.")
          String uid,
      @JsonPropertyDescription("What runs, if anything does.") @Nullable Running running,
      @JsonPropertyDescription("What the node is to come to; absent once it runs that.")
          @Nullable Target target) {}

  /**
   * A revision whose programs are attached and whose records are read.
   *
   * @param revision number of the revision
   * @param artifact name of the WhistlerArtifact
   * @param since when it was attached, RFC 3339 in whole seconds, by the node's clock
   * @param reason what is wrong although it runs, see {@link NodeReason}; null when all is well
   * @param message the same as one sentence
   */
  @ResourceValue
  public record Running(
      @Required @Min(1) @JsonPropertyDescription("Number of the revision.") long revision,
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerArtifact.")
          String artifact,
      @Size(max = 32) @JsonPropertyDescription("When it was attached, by the node's clock.")
          @Nullable String since,
      @Size(max = 64)
          @Pattern(ResourceCondition.REASON)
          @JsonPropertyDescription("What is wrong although it runs, as one word.")
          @Nullable String reason,
      @Size(max = 256) @JsonPropertyDescription("The same as a sentence.")
          @Nullable String message) {}

  /**
   * A revision that the node is to run, or to remove.
   *
   * @param revision number of the revision
   * @param artifact name of the WhistlerArtifact
   * @param state how far it is
   * @param reason one word, see {@link NodeReason}; null when there is nothing to say
   * @param message one sentence
   */
  @ResourceValue
  public record Target(
      @Required @Min(1) @JsonPropertyDescription("Number of the revision.") long revision,
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerArtifact.")
          String artifact,
      @Required @JsonPropertyDescription("How far it is.") State state,
      @Size(max = 64)
          @Pattern(ResourceCondition.REASON)
          @JsonPropertyDescription("Why, as one word.")
          @Nullable String reason,
      @Size(max = 256) @JsonPropertyDescription("Why, as a sentence.") @Nullable String message) {}
}
