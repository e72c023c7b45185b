package dev.whistler.crds;

import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node does of one program. Agents act by it and the operator counts by it.
 *
 * <p>A revision reaches a node when it is active, or by its roll-out's share. The newest revision
 * that reaches a node says whether the node is selected at all. If it is, the node runs the newest
 * of them that has an artifact for its kernel: where a new source does not compile for one kernel,
 * the nodes with that kernel go on with the revision before.
 *
 * @param run what may run, the best first: where it does not start and nothing else of the program
 *     runs, the node runs the next one; empty: nothing shall run
 * @param verify what is loaded and given up again, so that the kernel's verifier says whether it
 *     takes it; what runs is not touched by that
 */
public record Membership(List<Choice> run, Optional<Choice> verify) {
  /** Shares of a roll-out are in percent. */
  static final int SHARES = 100;

  public Membership {
    run = List.copyOf(run);
  }

  /**
   * A revision together with the artifact for one kernel.
   *
   * @param revision what to run; if it cannot be read, that is to be told
   * @param artifact name of the {@link WhistlerArtifact}
   */
  public record Choice(StoredRevision revision, String artifact) {}

  /**
   * What a node does of one program.
   *
   * @param revisions revisions of one program (one UID), in any order
   * @param node name of the node
   * @param labels labels of the node
   * @param kernels identities of the node's kernel, see {@link
   *     WhistlerNodeStatus.Kernel#identities}
   */
  public static Membership of(
      Collection<StoredRevision> revisions,
      String node,
      Map<String, String> labels,
      List<String> kernels) {
    List<StoredRevision> newestFirst =
        revisions.stream().sorted(StoredRevision.NEWEST_FIRST).toList();
    List<StoredRevision> reaching =
        newestFirst.stream().filter(revision -> reaches(revision, node)).toList();
    List<Choice> run =
        !reaching.isEmpty() && selects(reaching, labels)
            ? reaching.stream().flatMap(revision -> choice(revision, kernels).stream()).toList()
            : List.of();
    return new Membership(run, verify(newestFirst, reaching, node, labels, kernels));
  }

  /** Only what is to come is verified: what the node has come by already is not asked any more. */
  private static Optional<Choice> verify(
      List<StoredRevision> newestFirst,
      List<StoredRevision> reaching,
      String node,
      Map<String, String> labels,
      List<String> kernels) {
    long newest = reaching.isEmpty() ? 0 : reaching.getFirst().number();
    return newestFirst.stream()
        .filter(revision -> revision.phase() == Phase.VERIFYING && revision.number() > newest)
        .findFirst()
        .filter(revision -> status(revision).verifiers().contains(node))
        .filter(revision -> revision.reading().selects(labels).orElse(true))
        .flatMap(revision -> choice(revision, kernels));
  }

  private static boolean reaches(StoredRevision revision, String node) {
    return switch (revision.phase()) {
      case PENDING, VERIFYING, SUPERSEDED -> false;
      case CANARY -> status(revision).canaries().contains(node);
      case ROLLING ->
          status(revision).canaries().contains(node)
              || share(node, revision.reading().program().uid()) < percent(revision);
      case ACTIVE -> true;
    };
  }

  private static WhistlerRevisionStatus status(StoredRevision revision) {
    @Nullable WhistlerRevisionStatus status = revision.status();
    if (status == null) {
      throw new IllegalStateException("a revision without a status is pending");
    }
    return status;
  }

  private static int percent(StoredRevision revision) {
    @Nullable Integer percent = status(revision).percent();
    return percent == null ? 0 : percent;
  }

  /** In which hundredth of the nodes a node is, from 0; of another program it is in another one. */
  static int share(String node, String programUid) {
    byte[] digest = HexFormat.of().parseHex(Digest.ofText(programUid + "\n" + node).hex());
    return (int) Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), SHARES);
  }

  /**
   * By the newest revision that can say it. What nobody can read is told by all whom it may
   * concern.
   */
  private static boolean selects(List<StoredRevision> newestFirst, Map<String, String> labels) {
    return newestFirst.stream()
        .flatMap(revision -> revision.reading().selects(labels).stream())
        .findFirst()
        .orElse(true);
  }

  private static Optional<Choice> choice(StoredRevision revision, List<String> kernels) {
    return kernels.stream()
        .flatMap(kernel -> Stream.ofNullable(revision.bindings().get(kernel)))
        .findFirst()
        .map(Binding::artifact)
        .map(artifact -> new Choice(revision, artifact));
  }
}
