package dev.whistler.operator.reconcile;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.List;
import java.util.Map;

/**
 * Writes a status so that nothing of it is anybody else's. Server-side apply leaves alone what
 * somebody wrote by hand into fields that the one who applies leaves out: a revision that somebody
 * paused would stay so, and a program fail on a node that there is not.
 */
final class WholeStatus {
  private WholeStatus() {}

  /**
   * To be called with what came of an apply.
   *
   * @param applied the object as the API server holds it now
   * @param meant the status that was applied
   */
  static <S> void ensure(Context<?> context, CustomResource<?, S> applied, S meant) {
    if (!meant.equals(applied.getStatus())) {
      KubernetesClient client = context.getClient();
      var _ =
          client
              .resource(applied)
              .subresource("status")
              .patch(
                  PatchContext.of(PatchType.JSON),
                  client
                      .getKubernetesSerialization()
                      .asJson(List.of(Map.of("op", "replace", "path", "/status", "value", meant))));
    }
  }
}
