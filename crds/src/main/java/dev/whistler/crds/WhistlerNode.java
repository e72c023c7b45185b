package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What a node is and runs. Written by the node's own agent, on change only; its name is the node's
 * name. Whether the agent lives is told by a Lease, counters by metrics.
 */
@JsonClassDescription(
    "What a node is and runs. Written by the node's own agent; its name is the node's name.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("wn")
@Categories(Group.CATEGORY)
@AdditionalPrinterColumn(name = "KERNEL", jsonPath = ".status.kernelRelease", type = Type.STRING)
@AdditionalPrinterColumn(name = "ARCH", jsonPath = ".status.architecture", type = Type.STRING)
@AdditionalPrinterColumn(
    name = "READY",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = Type.STRING)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class WhistlerNode extends CustomResource<Void, WhistlerNodeStatus> {
  private static final long serialVersionUID = 1;
}
