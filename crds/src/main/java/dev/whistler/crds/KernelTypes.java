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
 * One piece of a kernel's BTF. Content-addressed, written by the first agent that has that kernel,
 * when wanted; which pieces make a kernel's types its nodes say ({@link TypesPieces}). Hostile
 * input until {@link KernelTypesContent#checked} accepted it.
 */
@JsonClassDescription(
    "A piece of a kernel's type information (BTF). Written by the first agent with that kernel, when wanted. Its name is the digest of its content.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("kt")
@Categories(Group.CATEGORY)
@ValidationRule(
    value = "self.metadata.name == self.spec.digest.substring(0, 40)",
    message = "the name of a piece is the first 40 digits of its digest")
@AdditionalPrinterColumn(name = "PART", jsonPath = ".spec.part", type = Type.STRING)
@AdditionalPrinterColumn(name = "INDEX", jsonPath = ".spec.index", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "COUNT", jsonPath = ".spec.count", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class KernelTypes extends CustomResource<KernelTypesSpec, Void> {
  private static final long serialVersionUID = 1;
}
