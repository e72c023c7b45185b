package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A program that an engineer wants to run on the nodes of the cluster. Written by users; agents
 * never see it.
 */
@JsonClassDescription(
    "A program that shall run on the nodes of the cluster. Written by users; agents never see it.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("wp")
@Categories(Group.CATEGORY)
@ValidationRule(
    value = "self.metadata.name.size() <= 63",
    message = "the name of a program has at most 63 characters: it is also a label value")
@AdditionalPrinterColumn(
    name = "READY",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = Type.STRING)
@AdditionalPrinterColumn(name = "NODES", jsonPath = ".status.nodes.summary", type = Type.STRING)
@AdditionalPrinterColumn(name = "KERNELS", jsonPath = ".status.nodes.kernels", type = Type.INTEGER)
@AdditionalPrinterColumn(
    name = "REVISION",
    jsonPath = ".status.currentRevision",
    type = Type.INTEGER)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class WhistlerProgram extends CustomResource<WhistlerProgramSpec, WhistlerProgramStatus> {
  private static final long serialVersionUID = 1;
}
