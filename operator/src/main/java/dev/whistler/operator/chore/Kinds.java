package dev.whistler.operator.chore;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerSink;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** Our kinds of resources. */
final class Kinds {
  static final List<Class<? extends HasMetadata>> ALL =
      List.of(
          KernelProfile.class,
          KernelProfileRequest.class,
          KernelTypes.class,
          WhistlerArtifact.class,
          WhistlerNode.class,
          WhistlerProgram.class,
          WhistlerRevision.class,
          WhistlerSink.class);

  private Kinds() {}

  /** Name of a kind's definition, for instance {@code whistlernodes.whistler.dev}. */
  static String definition(Class<? extends HasMetadata> kind) {
    return HasMetadata.getFullResourceName(kind);
  }
}
