package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One compiled object, for all kernels that answer the compiler's questions alike. Written by the
 * operator; agents get it by name, once. Its name is {@link WhistlerArtifactSpec#nameOf}.
 */
@JsonClassDescription(
    "One compiled object. Written by the operator, read by agents. Its name is the digest of what it is made of.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("wa")
@Categories(Group.CATEGORY)
@AdditionalPrinterColumn(
    name = "PROGRAM",
    jsonPath = ".metadata.labels.whistler\\.dev/program",
    type = Type.STRING)
@AdditionalPrinterColumn(name = "ARCH", jsonPath = ".spec.architecture", type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class WhistlerArtifact extends CustomResource<WhistlerArtifactSpec, Void> {
  private static final long serialVersionUID = 1;
}
