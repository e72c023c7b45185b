package dev.whistler.operator.reconcile;

import dev.whistler.crds.Group;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.operator.build.BuiltObject;
import dev.whistler.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Writes what a plan says, in an order that is right wherever it breaks off: artifacts before the
 * revision that names them, the new revision's status before that of the old ones.
 */
final class RevisionWriter {
  private final WhistlerProgram program;
  private final Context<WhistlerProgram> context;

  RevisionWriter(WhistlerProgram program, Context<WhistlerProgram> context) {
    this.program = program;
    this.context = context;
  }

  /**
   * Writes, and deletes what is no longer kept.
   *
   * @param plan what shall be
   * @param revisions what is there
   * @param objects by name of the artifact, those of the newest spec
   * @param stored names of the program's artifacts that are there
   * @param sourceDigest of the newest spec
   * @param doubted names of artifacts that are looked at although they are there
   */
  void write(
      RolloutPlan plan,
      Collection<StoredRevision> revisions,
      Map<String, BuiltObject> objects,
      Set<String> stored,
      String sourceDigest,
      Set<String> doubted) {
    Collection<String> needed = plan.targetArtifacts().values();
    objects.forEach(
        (name, object) -> {
          if (needed.contains(name) && (!stored.contains(name) || doubted.contains(name))) {
            createArtifact(name, object.artifact(program.getMetadata().getUid(), sourceDigest));
          }
        });
    plan.create().ifPresent(this::createRevision);
    plan.changed(revisions).forEach(this::writeStatus);
    for (long number : plan.delete()) {
      context.getClient().resource(named(number)).delete();
    }
    Set<String> bound = plan.bound();
    stored.stream().filter(name -> !bound.contains(name)).forEach(this::deleteArtifact);
  }

  private void deleteArtifact(String name) {
    context.getClient().resources(WhistlerArtifact.class).withName(name).delete();
  }

  private void createArtifact(String name, WhistlerArtifactSpec spec) {
    WhistlerArtifact artifact = new WhistlerArtifact();
    artifact.setMetadata(owned(name));
    artifact.setSpec(spec);
    try {
      var _ = context.resourceOperations().create(artifact);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      WhistlerArtifact existing = context.getClient().resource(artifact).get();
      if (existing == null) {
        // Deleted meanwhile: no revision may name what is not there.
        throw e;
      }
      if (!spec.equals(existing.getSpec())) {
        // Somebody took the name for something else; what agents fetch must be ours.
        context.getClient().resource(existing).delete();
        var _ = context.resourceOperations().create(artifact);
      }
    }
  }

  private void createRevision(RevisionPayload payload) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(
        owned(WhistlerRevision.nameOf(program.getMetadata().getName(), payload.revision())));
    revision.setSpec(WhistlerRevisionSpec.of(payload));
    context.resourceOperations().create(revision);
  }

  private void writeStatus(long number, WhistlerRevisionStatus status) {
    WhistlerRevision revision = named(number);
    revision.setStatus(status);
    WhistlerRevision written = context.resourceOperations().serverSideApplyStatus(revision);
    WholeStatus.ensure(context, written, status);
  }

  private WhistlerRevision named(long number) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(
        new ObjectMetaBuilder()
            .withName(WhistlerRevision.nameOf(program.getMetadata().getName(), number))
            .build());
    return revision;
  }

  private ObjectMeta owned(String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .addToLabels(Group.PROGRAM_LABEL, program.getMetadata().getName())
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(program.getApiVersion())
                .withKind(program.getKind())
                .withName(program.getMetadata().getName())
                .withUid(program.getMetadata().getUid())
                .withController(true)
                .build())
        .build();
  }
}
