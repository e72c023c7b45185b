package dev.whistler.agent.work;

import dev.whistler.agent.deliver.ProgramFiles;
import dev.whistler.crds.Digest;
import dev.whistler.crds.Group;
import dev.whistler.crds.Gzip;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.Limits;
import dev.whistler.runtime.RunRequest;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.Runtime;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.Updated;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.tier.Tier;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gets the one artifact of an assignment from the API server, checks that it is what the revision
 * promises, and starts it. What the API server says is not trusted: sizes, names and digests are
 * checked again here.
 */
public final class ArtifactLoader implements Loader {

  private static final Logger LOG = Logger.getLogger(ArtifactLoader.class);
  private static final String ARTIFACTS =
      "/apis/%s/%s/%s/"
          .formatted(Group.NAME, Group.VERSION, HasMetadata.getPlural(WhistlerArtifact.class));

  /** Of a node that has many programs, none wakes a CPU more often than it must. */
  private static final Limits LIMITS = Limits.DEFAULT.withPause(Duration.ofMillis(5));

  private final KubernetesClient client;
  private final String node;
  private final String architecture;
  private final ProgramFiles files;
  private final @Nullable PinRoot pins;

  /**
   * @param node name of this node
   * @param architecture of this node, {@code x86-64} or {@code arm64}
   * @param files to which programs write
   * @param pins where programs are pinned; null: they end with this process
   */
  public ArtifactLoader(
      KubernetesClient client,
      String node,
      String architecture,
      ProgramFiles files,
      @Nullable PinRoot pins) {
    this.client = client;
    this.node = node;
    this.architecture = architecture;
    this.files = files;
    this.pins = pins;
  }

  @Override
  public Prepared prepare(Assignment assignment) throws UnavailableException, StartException {
    RevisionPayload payload = assignment.payload();
    byte[] object = object(fetch(assignment.artifact()), assignment, payload, architecture);
    return new PreparedObject(assignment, payload, object, Runtime.mapBytes(object));
  }

  /** An artifact that is what the revision promises. */
  private final class PreparedObject implements Prepared {
    private final Assignment assignment;
    private final RevisionPayload payload;
    private final byte[] object;
    private final long mapBytes;

    PreparedObject(Assignment assignment, RevisionPayload payload, byte[] object, long mapBytes) {
      this.assignment = assignment;
      this.payload = payload;
      this.object = object;
      this.mapBytes = mapBytes;
    }

    @Override
    public long mapBytes() {
      return mapBytes;
    }

    @Override
    public Started start(@Nullable RunningProgram current) throws StartException {
      RunRequest request =
          RunRequest.of(object, identity(assignment))
              .withSinks(files.sinks(assignment.program(), payload.sinks()))
              .withTier(tier(payload))
              .withLimits(LIMITS);
      if (pins != null) {
        request =
            request
                .withPinDirectory(pins.path())
                .withNote(PinnedNote.of(payload, assignment.artifact(), mapBytes));
      }
      return current == null
          ? new Started(startAfresh(request), ProgramCounters.NONE)
          : replace(current, request);
    }

    @Override
    public void verify() throws StartException {
      Runtime.verify(object, tier(payload));
    }
  }

  private Identity identity(Assignment assignment) {
    return new Identity(node, assignment.program(), assignment.uid(), assignment.revision());
  }

  private static RunningProgram startAfresh(RunRequest request) throws StartException {
    RunningProgram started = Runtime.start(request);
    started
        .notAdopted()
        .ifPresent(
            why ->
                LOG.warnf(
                    "%s revision %d starts afresh, and what its predecessor had not delivered is"
                        + " lost: %s",
                    request.identity().program(), request.identity().revision(), why));
    return started;
  }

  private static Started replace(RunningProgram current, RunRequest request) throws StartException {
    Updated updated = Runtime.update(current, request);
    LOG.infof(
        "%s revision %d replaced: %s",
        current.identity().program(), current.identity().revision(), updated.earlier().toJson());
    return new Started(updated.program(), updated.ended());
  }

  @Override
  public List<Leftover> leftovers() throws StartException {
    return pins == null ? List.of() : pins.leftovers();
  }

  @Override
  public RunningProgram adopt(Pinned pinned) throws StartException {
    Assignment assignment = pinned.assignment();
    return Runtime.adopt(
        Objects.requireNonNull(pins, "what is pinned was found there").path(),
        identity(assignment),
        files.sinks(assignment.program(), assignment.payload().sinks()),
        LIMITS);
  }

  @Override
  public void remove(String uid) throws StartException {
    if (pins != null) {
      pins.remove(uid);
    }
  }

  /** The operator's compiler has checked it; whoever else wrote the artifact has not. */
  static Tier tier(RevisionPayload payload) {
    return switch (payload.tier()) {
      case OBSERVE -> Tier.OBSERVE;
      case ACT -> Tier.ACT;
      case UNRESTRICTED -> Tier.UNRESTRICTED;
    };
  }

  private WhistlerArtifactSpec fetch(String name) throws UnavailableException {
    WhistlerArtifact artifact;
    try {
      artifact = read(name);
    } catch (KubernetesClientException e) {
      throw new UnavailableException("Artifact " + name + " cannot be read: " + e.getMessage(), e);
    }
    if (artifact == null) {
      throw new UnavailableException("Artifact " + name + " does not exist (yet).");
    }
    return artifact.getSpec();
  }

  /**
   * An artifact never changes, so that any copy will do: all nodes ask for the same ones at once,
   * and what the API server has at hand saves it to ask its database for each. One that was written
   * just now may not be among that yet.
   */
  private @Nullable WhistlerArtifact read(String name) {
    String atHand =
        client.raw(
            ARTIFACTS + URLEncoder.encode(name, StandardCharsets.UTF_8) + "?resourceVersion=0");
    return atHand == null
        ? client.resources(WhistlerArtifact.class).withName(name).get()
        : client.getKubernetesSerialization().unmarshal(atHand, WhistlerArtifact.class);
  }

  /** The object in an artifact, once it is proved to belong to the assignment. */
  static byte[] object(
      WhistlerArtifactSpec artifact,
      Assignment assignment,
      RevisionPayload payload,
      String architecture)
      throws StartException {
    requireGenuine(
        artifact.programUid().equals(assignment.uid())
            && artifact.sourceDigest().equals(payload.sourceDigest())
            && artifact.name().equals(assignment.artifact()),
        assignment,
        "belongs to another program or source");
    // The same text with another tier or other knobs is another object.
    requireGenuine(
        artifact.buildDigest() == null || artifact.buildDigest().equals(payload.buildDigest()),
        assignment,
        "was built with another tier or other knobs");
    requireGenuine(
        artifact.architecture().equals(architecture), assignment, "is for another architecture");
    try {
      byte[] gzip = Base64.getDecoder().decode(artifact.object());
      requireGenuine(
          gzip.length <= WhistlerArtifactSpec.MAX_GZIP_BYTES, assignment, "is too large");
      byte[] object = Gzip.decompress(gzip, WhistlerArtifactSpec.MAX_OBJECT_BYTES);
      requireGenuine(
          Digest.of(object).hex().equals(artifact.objectDigest()),
          assignment,
          "does not have the digest it states");
      return object;
    } catch (IllegalArgumentException | MalformedContentException e) {
      throw new StartException(
          FailureReason.TAMPERED,
          "Artifact " + assignment.artifact() + " is damaged; delete it, it is compiled again.",
          String.valueOf(e.getMessage()),
          e);
    }
  }

  private static void requireGenuine(boolean holds, Assignment assignment, String complaint)
      throws StartException {
    if (!holds) {
      throw new StartException(
          FailureReason.TAMPERED,
          "Artifact %s %s; find out who writes artifacts besides the operator."
              .formatted(assignment.artifact(), complaint));
    }
  }
}
