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
 * What a kernel looks like: its tracepoint formats and features. Content-addressed, written by the
 * first agent that has that kernel; its name is the first 40 digits of its digest. Hostile input
 * until {@link KernelProfileContent#read} accepted it.
 */
@JsonClassDescription(
    "What a kernel looks like: its tracepoint formats and features. Written by the first agent with that kernel, when wanted. Its name is the digest of its content.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("kp")
@Categories(Group.CATEGORY)
@ValidationRule(
    value = "self.metadata.name == self.spec.digest.substring(0, 40)",
    message = "the name of a profile is the first 40 digits of its digest")
@AdditionalPrinterColumn(name = "ARCH", jsonPath = ".spec.architecture", type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class KernelProfile extends CustomResource<KernelProfileSpec, Void> {
  private static final long serialVersionUID = 1;
}
