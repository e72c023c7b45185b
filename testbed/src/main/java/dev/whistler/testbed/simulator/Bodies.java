package dev.whistler.testbed.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What agents send, as JSON. What is sent all the time is written without objects. */
final class Bodies {
  /** The API server wants as many digits as this. */
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final KubernetesSerialization json;
  private final String namespace;
  private final long leaseSeconds;
  private final String images;
  private final Map<String, byte[]> profiles = new ConcurrentHashMap<>();

  Bodies(KubernetesSerialization json, String namespace, SimulatorOptions options) {
    this.json = json;
    this.namespace = namespace;
    this.leaseSeconds = options.leaseDuration().toSeconds();
    this.images = "i".repeat(options.nodeBytes());
  }

  byte[] node(String name, Map<String, String> labels, String release) {
    return bytes(
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .withLabels(labels)
            .endMetadata()
            .withNewStatus()
            .withNewNodeInfo()
            .withKernelVersion(release)
            .withArchitecture("amd64")
            .withOperatingSystem("linux")
            .endNodeInfo()
            .addNewImage()
            .withNames(images)
            .withSizeBytes(1L)
            .endImage()
            .endStatus()
            .build());
  }

  byte[] token(String node, String uid) {
    return """
    {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":[],\
    "expirationSeconds":28800,"boundObjectRef":\
    {"apiVersion":"v1","kind":"Node","name":"%s","uid":"%s"}}}\
    """
        .formatted(node, uid)
        .getBytes(UTF_8);
  }

  byte[] report(String node, String uid) {
    WhistlerNode report = new WhistlerNode();
    report.setMetadata(
        new ObjectMetaBuilder()
            .withName(node)
            .addNewOwnerReference()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(node)
            .withUid(uid)
            .endOwnerReference()
            .build());
    return bytes(report);
  }

  byte[] status(String node, @Nullable String version, WhistlerNodeStatus status) {
    WhistlerNode report = new WhistlerNode();
    report.setMetadata(new ObjectMetaBuilder().withName(node).withResourceVersion(version).build());
    report.setStatus(status);
    return bytes(report);
  }

  byte[] lease(String node, String uid, @Nullable String version) {
    String known = version == null ? "" : "\"resourceVersion\":\"" + version + "\",";
    return """
    {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s",\
    "namespace":"%s",%s"ownerReferences":\
    [{"apiVersion":"v1","kind":"Node","name":"%s","uid":"%s"}]},\
    "spec":{"holderIdentity":"%s","leaseDurationSeconds":%d,"renewTime":"%s"}}\
    """
        .formatted(
            node, namespace, known, node, uid, node, leaseSeconds, MICROS.format(Instant.now()))
        .getBytes(UTF_8);
  }

  byte[] profile(SyntheticKernel kernel) {
    return profiles.computeIfAbsent(
        kernel.profile(),
        name -> {
          KernelProfile profile = new KernelProfile();
          profile.setMetadata(new ObjectMetaBuilder().withName(name).build());
          try {
            profile.setSpec(kernel.content().toSpec());
          } catch (MalformedContentException e) {
            throw new IllegalStateException(e);
          }
          return bytes(profile);
        });
  }

  private byte[] bytes(Object resource) {
    return json.asJson(resource).getBytes(UTF_8);
  }
}
